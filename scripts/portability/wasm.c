int main(void);

__attribute__((export_name("run"))) int run(void) { return main(); }

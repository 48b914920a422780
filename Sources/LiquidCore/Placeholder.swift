// LiquidCore

// Plots that go on. Bokeh draws; this asks for figures, and adds to their sources.
const dark = matchMedia("(prefers-color-scheme: dark)")
// It warns of ranges as long as a plot is empty.
Bokeh.set_log_level("error")

export class Plots {
  // `watch` is told the signals that plots need; `token` gives the page's token.
  constructor(element, list, watch, token) {
    Object.assign(this, { element, list, watch, token, plots: [], columns: new Set(), waiting: {}, keep: 1100, vehicle: "", due: 0 })
    dark.addEventListener("change", () => this.plots.forEach(each => dress(each.root)))
  }

  settle(said) {
    const columns = said.columns.join("\n")
    this.keep = Math.ceil(said.span * said.samples * 1.1)
    if (columns === this.known && said.vehicle === this.vehicle) {
      // The same vehicle anew: its time begins again.
      this.waiting = {}
      this.clear()
    } else {
      this.known = columns
      this.vehicle = said.vehicle
      this.columns = new Set(said.columns)
      this.list.replaceChildren(...said.columns.map(name => Object.assign(document.createElement("option"), { value: name })))
      for (const each of this.plots) each.element.remove()
      this.plots = []
      const chosen = this.remembered() ?? said.plots
      for (const names of chosen) this.open(names.filter(name => this.columns.has(name)))
    }
    this.tell()
  }

  remembered() {
    try {
      const found = JSON.parse(localStorage.getItem("plots " + this.vehicle))
      return Array.isArray(found) && found.every(Array.isArray) && found.length ? found : null
    } catch { return null }
  }

  remember() {
    try { localStorage.setItem("plots " + this.vehicle, JSON.stringify(this.plots.map(each => each.names))) } catch { /* a browser that keeps nothing */ }
  }

  tell() { this.watch([...new Set(this.plots.flatMap(each => each.names))]) }

  // Opens a plot of signals; in words what is wrong with them.
  add(names) {
    const unknown = names.filter(name => !this.columns.has(name))
    if (!names.length) return "Name a signal."
    if (unknown.length) return `There is no signal ${unknown.join(", ")}.`
    if (names.length > 8) return "A plot has room for eight signals."
    this.open(names)
    this.tell()
    this.remember()
    return ""
  }

  open(names) {
    if (!names.length) return
    const element = document.createElement("figure"), place = document.createElement("div"), close = document.createElement("button")
    element.className = "card plot"
    element.style.margin = 0
    place.className = "drawing"
    Object.assign(close, { type: "button", className: "close", textContent: "×", title: "Close this plot" })
    close.setAttribute("aria-label", "Close the plot of " + names.join(", "))
    element.append(close, place)
    this.element.append(element)
    const plot = { names, element, root: null, source: null }
    this.plots.push(plot)
    close.onclick = () => {
      this.plots = this.plots.filter(each => each !== plot)
      element.remove()
      this.tell()
      this.remember()
    }
    this.fill(plot, place)
  }

  async fill(plot, place) {
    const query = plot.names.map(name => "signal=" + encodeURIComponent(name)).join("&")
    try {
      const answer = await fetch("figure?" + query, { headers: this.token() ? { Authorization: "Bearer " + this.token() } : {} })
      if (!answer.ok) throw new Error(await answer.text())
      const before = new Set(Bokeh.documents)
      await Bokeh.embed.embed_item(await answer.json(), place)
      const made = Bokeh.documents.find(each => !before.has(each) && each.get_model_by_name("source") && !this.plots.some(other => other.document === each))
      plot.document = made
      plot.root = made.roots()[0]
      plot.source = made.get_model_by_name("source")
      dress(plot.root)
      const legend = plot.root.above.find(each => each.type === "Legend")
      // Two names in a row are what a phone has room for.
      if (legend && place.clientWidth < 480 && plot.names.length > 2) legend.setv({ nrows: Math.ceil(plot.names.length / 2), ncols: 2 })
    } catch (error) { place.textContent = "This plot cannot be drawn: " + error.message }
  }

  clear() {
    for (const { source } of this.plots) if (source) source.data = Object.fromEntries(Object.keys(source.data).map(name => [name, []]))
  }

  take(samples) {
    for (const [name, values] of Object.entries(samples)) (this.waiting[name] ??= []).push(...values)
    // A page that is not seen is not drawn.
    if (this.waiting.t?.length > this.keep) for (const name of Object.keys(this.waiting)) this.waiting[name] = this.waiting[name].slice(-this.keep)
  }

  // A dozen pictures a second are enough for lines, and leave a phone its battery.
  draw() {
    const now = performance.now(), times = this.waiting.t
    if (now < this.due || !times?.length) return
    this.due = now + 80
    for (const { source, names } of this.plots) {
      if (!source) continue
      const rows = { t: times }
      names.forEach((name, k) => { rows["v" + k] = (this.waiting[name] ?? Array(times.length).fill(null)).map(value => value ?? NaN) })
      if (Object.values(rows).every(values => values.length === times.length)) source.stream(rows, this.keep)
    }
    this.waiting = {}
  }
}

function dress(root) {
  if (!root) return
  const ink = dark.matches ? "#c5cbd4" : "#3f4651", line = dark.matches ? "#2c323c" : "#e6e8ec"
  for (const model of root.references()) {
    if (/Axis$/.test(model.type)) model.setv({ axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: line, major_tick_line_color: line })
    else if (model.type === "Grid") model.setv({ grid_line_color: line })
    else if (model.type === "Legend") model.setv({ label_text_color: ink, inactive_fill_color: dark.matches ? "#1b1f26" : "#ffffff", inactive_fill_alpha: 0.6 })
  }
}

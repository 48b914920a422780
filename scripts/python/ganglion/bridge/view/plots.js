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
    const element = document.createElement("figure"), caption = document.createElement("figcaption"), place = document.createElement("div"), close = document.createElement("button")
    element.className = "card plot"
    place.className = "drawing"
    Object.assign(close, { type: "button", className: "close", textContent: "×", title: "Close this plot" })
    close.setAttribute("aria-label", "Close the plot of " + names.join(", "))
    element.append(caption, close, place)
    this.element.append(element)
    const plot = { names, element, caption, root: null, source: null, values: [] }
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
    const query = plot.names.map(name => "signal=" + encodeURIComponent(name)).join("&") + (dark.matches ? "&scheme=dark" : "")
    try {
      const answer = await fetch("figure?" + query, { headers: this.token() ? { Authorization: "Bearer " + this.token() } : {} })
      if (!answer.ok) throw new Error(await answer.text())
      const { figure, lines } = await answer.json(), known = new Set(this.plots.map(each => each.document))
      await Bokeh.embed.embed_item(figure, place)
      plot.document = Bokeh.documents.find(each => !known.has(each) && each.roots().some(root => root.id === figure.root_id))
      plot.root = plot.document.roots()[0]
      plot.source = plot.document.get_model_by_name("source")
      plot.caption.replaceChildren(...lines.map((line, k) => this.legend(plot, line, k)))
    } catch (error) { place.textContent = "This plot cannot be drawn: " + error.message }
  }

  // A line's name with what it is now; a press hides the line, or shows it again.
  legend(plot, line, k) {
    const item = document.createElement("button"), swatch = document.createElement("i"), value = document.createElement("b"), unit = document.createElement("span")
    item.type = "button"
    swatch.style.borderTop = `2px ${line.dashed ? "dashed" : "solid"} ${line.colour}`
    unit.textContent = line.unit && line.unit !== "1" ? line.unit : ""
    item.append(swatch, line.name, value, unit)
    item.onclick = () => {
      const renderer = plot.document.get_model_by_name("v" + k)
      renderer.visible = !renderer.visible
      item.classList.toggle("off", !renderer.visible)
    }
    plot.values[k] = value
    return item
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
    for (const { source, names, values } of this.plots) {
      if (!source) continue
      names.forEach((name, k) => { if (values[k]) values[k].textContent = short((this.waiting[name] ?? []).at(-1)) })
      const rows = { t: times }
      names.forEach((name, k) => { rows["v" + k] = (this.waiting[name] ?? Array(times.length).fill(null)).map(value => value ?? NaN) })
      if (Object.values(rows).every(values => values.length === times.length)) source.stream(rows, this.keep)
    }
    this.waiting = {}
  }
}

// Three digits that do not hop about.
function short(value) {
  if (value === null || value === undefined) return "–"
  const size = Math.abs(value)
  return (size >= 1e5 || (size && size < 1e-3) ? value.toExponential(1) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)).replace("-", "−")
}

function dress(root) {
  if (!root) return
  const ink = dark.matches ? "#c5cbd4" : "#3f4651", line = dark.matches ? "#2c323c" : "#e6e8ec"
  for (const model of root.references()) {
    if (/Axis$/.test(model.type)) model.setv({ axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: line, major_tick_line_color: line })
    else if (model.type === "Grid") model.setv({ grid_line_color: line })
  }
}

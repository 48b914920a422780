// What happens at the cursor: one time for all pictures, and what is lit by it. Bokeh draws; this only sets its models' values.
(() => {
  "use strict"
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const palettes = JSON.parse(document.getElementById("palettes").textContent)
  const story = JSON.parse(document.getElementById("story").textContent)
  const slider = document.querySelector(".cursor input"), told = document.querySelector(".cursor output"), mode = document.querySelector(".cursor .mode")
  let now = 0, pinned = false, pending = false
  const models = [], figures = [], sources = {}, ranges = []

  const byName = name => sources[name]

  const watcher = new IntersectionObserver(entries => {
    for (const entry of entries) {
      const found = figures.find(each => each.element === entry.target)
      if (found) { found.seen = entry.isIntersecting; if (found.seen) { touch(found); schedule() } }
    }
  }, { rootMargin: "120px" })

  const touch = each => { if (each.span) each.span.location = now }

  // Draws a group of figures that is not drawn yet: those of the page at once, those of a fold when it is opened.
  const drawn = new Set()
  async function draw(group) {
    const text = [...document.querySelectorAll("script.figures")].find(each => each.dataset.group === group)
    if (!text || drawn.has(group)) return
    drawn.add(group)
    const { documents, items } = JSON.parse(text.textContent)
    text.remove()
    const before = new Set(Bokeh.documents)
    await Bokeh.embed.embed_items(documents, items)
    const all = new Set(), roots = Bokeh.documents.filter(each => !before.has(each)).flatMap(each => each.roots())
    for (const root of roots) for (const model of root.references()) all.add(model)
    for (const model of all) { models.push(model); if (model.type === "ColumnDataSource" && model.name) sources[model.name] = model }
    let range = null
    for (const root of roots) {
      const found = { root, span: (root.center ?? []).find(each => each.type === "Span" && each.name === "cursor"), element: document.getElementById("picture-" + root.name), seen: false }
      figures.push(found)
      if (found.span) range = root.x_range
      if (found.element) watcher.observe(found.element)
    }
    dress([...all])
    if (range) {
      // The figures of a group share a range; the groups are kept together here.
      if (ranges.length) range.setv({ start: ranges[0].start, end: ranges[0].end })
      ranges.push(range)
      const follow = () => { for (const other of ranges) if (other !== range && (other.start !== range.start || other.end !== range.end)) other.setv({ start: range.start, end: range.end }) }
      range.properties.start.change.connect(follow); range.properties.end.change.connect(follow)
    }
    move(now)
  }

  function dress(which = models) {
    const scheme = dark.matches ? "dark" : "light"
    const ink = dark.matches ? "#c5cbd4" : "#3f4651", line = dark.matches ? "#2c323c" : "#e6e8ec"
    for (const model of which) {
      if (/Axis$/.test(model.type)) model.setv({ axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: line, major_tick_line_color: line })
      else if (model.type === "Grid") model.setv({ grid_line_color: line })
      else if (model.type === "Legend") model.setv({ label_text_color: ink, inactive_fill_color: dark.matches ? "#1b1f26" : "#ffffff", inactive_fill_alpha: 0.6 })
      else if (model.type === "ColorBar") model.setv({ major_label_text_color: ink })
      else if (/ColorMapper$/.test(model.type) && model.tags?.[0] === "palette") model.palette = palettes[model.tags[1]][scheme]
    }
  }

  // The last entry of sorted times that is not behind t.
  function at(times, t) {
    let low = 0, high = times.length - 1
    while (low < high) { const middle = (low + high + 1) >> 1; if (times[middle] <= t) low = middle; else high = middle - 1 }
    return low
  }

  function light(role) {
    const moments = byName(role + "-activity"), nodes = byName(role + "-nodes"), edges = byName(role + "-edges")
    if (!moments || !nodes || !edges) return
    const width = moments.data.width[0][0], start = at(moments.data.times[0], now) * width, values = moments.data.values[0]
    const activity = nodes.data.activity, source = nodes.data.source
    for (let k = 0; k < source.length; k++) if (source[k] >= 0) activity[k] = values[start + source[k]]
    const { weight, signal, alpha } = edges.data, from = edges.data.start, most = edges.tags[0]
    for (let k = 0; k < weight.length; k++) {
      signal[k] = Math.sign(weight[k]) * activity[from[k]]
      alpha[k] = 0.14 + 0.84 * Math.abs(activity[from[k]]) * Math.sqrt(Math.abs(weight[k]) / most)
    }
    nodes.change.emit(); edges.change.emit()
  }

  function place(role) {
    const way = byName(role + "-way"), point = byName(role + "-point")
    if (!way || !point) return
    const k = at(way.data.times[0], now)
    point.data = { x: [way.data.x[0][k]], y: [way.data.y[0][k]] }
  }

  function weigh(role) {
    const all = byName(role + "-all"), shown = byName(role)
    if (!all || !shown) return
    const [columns, rows] = shown.tags, size = rows * columns, start = at(all.data.times[0], now) * size
    const image = shown.data.image[0]
    for (let k = 0; k < size; k++) image[k] = all.data.values[0][start + k]
    shown.change.emit()
  }

  function update() {
    pending = false
    for (const each of figures) if (each.seen) {
      touch(each)
      const name = each.root.name ?? ""
      if (name.endsWith("-graph")) light(name)
      else if (name.endsWith("-sensitivity")) weigh(name)
      else if (byName(name + "-way")) place(name)
    }
    told.textContent = now.toFixed(3) + " s"
    const span = story.modes.find(each => now >= each[0] && now <= each[1])
    mode.textContent = span ? span[2] : ""
    slider.value = String(now)
  }

  function schedule() { if (!pending) { pending = true; requestAnimationFrame(update) } }

  function move(t) {
    now = Math.min(Math.max(t, 0), story.end)
    schedule()
  }

  function jump(t) {
    pinned = true
    const range = ranges[0]
    if (range) {
      const width = Math.min(range.end - range.start, Math.max(story.end / 5, 2))
      const start = Math.min(Math.max(t - width / 2, 0), Math.max(story.end - width, 0))
      range.setv({ start, end: start + width })
    }
    move(t)
  }

  window.ganglionCursor = { move: t => { if (!pinned) move(t) }, pin: t => { pinned = !pinned || Math.abs(t - now) > story.end / 200; move(t) }, jump, get now() { return now } }

  async function ready() {
    dark.addEventListener("change", () => dress())
    slider?.addEventListener("input", () => { pinned = true; move(Number(slider.value)) })
    for (const each of document.querySelectorAll("[data-t]")) each.addEventListener("click", event => { event.preventDefault(); jump(Number(each.dataset.t)) })
    document.querySelector(".cursor button")?.addEventListener("click", () => {
      ranges[0]?.setv({ start: 0, end: Math.max(story.end, 1e-3) }); pinned = false
    })
    for (const each of document.querySelectorAll("details")) each.addEventListener("toggle", () => { if (each.open) draw(each.dataset.group) })
    const links = [...document.querySelectorAll("nav a")], parts = links.map(link => document.getElementById(link.hash.slice(1)))
    const mark = () => {
      let k = 0
      parts.forEach((part, place_) => { if (part && part.getBoundingClientRect().top < 160) k = place_ })
      links.forEach((link, place_) => link.classList.toggle("now", place_ === k))
    }
    addEventListener("scroll", mark, { passive: true }); mark()
    // The first cursor stands where something happens.
    now = story.first
    await draw("page")
    for (const each of document.querySelectorAll("details[open]")) await draw(each.dataset.group)
    document.documentElement.dataset.ready = "yes"
  }
  ready()
})()

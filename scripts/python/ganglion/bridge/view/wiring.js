// A network's wiring in layers, lit by what its neurons do now: orange is positive, blue negative, as in the report.
const dark = matchMedia("(prefers-color-scheme: dark)")
const POSITIVE = { light: [200, 90, 40], dark: [255, 178, 125] }, NEGATIVE = { light: [29, 99, 170], dark: [127, 182, 242] }

export class Wiring {
  constructor(mind) {
    this.mind = mind
    this.element = document.createElement("section")
    this.element.className = "card"
    const title = document.createElement("h2")
    this.note = document.createElement("small")
    title.append(mind.name === "network" ? "The network, live" : `The network ${mind.name}, live`, this.note)
    this.canvas = document.createElement("canvas")
    this.canvas.className = "wiring"
    this.canvas.setAttribute("role", "img")
    this.canvas.setAttribute("aria-label", `The wiring of ${mind.name}: ${mind.nodes.length} nodes in ${mind.columns.length} layers`)
    this.element.append(title, this.canvas)
    this.rows = mind.columns.map((_, k) => mind.nodes.filter(node => node[1] === k).length)
    new ResizeObserver(() => { this.size = null }).observe(this.canvas)
  }

  show({ activity, exact }) {
    const words = this.mind.why || (exact === true ? "the vehicle's own states, by their digest" : exact === false ? "stepped along; not yet the vehicle's very states" : "")
    if (this.note.textContent !== words) this.note.textContent = words
    const context = this.canvas.getContext("2d")
    if (!this.size) {
      const ratio = Math.min(devicePixelRatio || 1, 2), { clientWidth, clientHeight } = this.canvas
      if (!clientWidth) return
      this.canvas.width = clientWidth * ratio
      this.canvas.height = clientHeight * ratio
      this.size = { width: clientWidth, height: clientHeight, ratio }
      this.places = this.mind.nodes.map(node => this.place(node))
    }
    const { width, height, ratio } = this.size
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    this.wires(context, activity)
    this.nodes(context, activity)
  }

  // Room for names at both sides; neurons of a layer are staggered, so that the wires between them can be seen.
  place([, column, share], _) {
    const { width, height } = this.size, side = Math.min(150, width * 0.22), last = this.mind.columns.length - 1
    const isMiddle = column > 0 && column < last
    const step = (width - 2 * side) / Math.max(last, 1), stagger = isMiddle ? step * 0.13 * (Math.round(share * this.rows[column] - 0.5) % 2) : 0
    return [side + column * step + stagger, 38 + share * (height - 46)]
  }

  wires(context, activity) {
    const ground = dark.matches ? "rgba(150,160,175," : "rgba(110,120,135,"
    for (const [from, to, weight] of this.mind.wires) {
      const signal = activity[from] * Math.sign(weight), strength = Math.abs(activity[from]) * Math.abs(weight)
      const [x, y] = this.places[from], [u, v] = this.places[to]
      context.strokeStyle = strength < 0.04 ? ground + (0.05 + 0.12 * Math.abs(weight)).toFixed(3) + ")" : colour(signal, Math.min(0.15 + 1.3 * strength, 0.95))
      context.lineWidth = 0.4 + 2.6 * Math.abs(weight)
      context.beginPath()
      context.moveTo(x, y)
      if (from === to) context.arc(x, y - 9, 7, 1.2, 8.2)
      else if (Math.abs(u - x) < 40) context.quadraticCurveTo(x + 34 + Math.abs(v - y) * 0.12, (y + v) / 2, u, v)
      else context.lineTo(u, v)
      context.stroke()
    }
  }

  nodes(context, activity) {
    const scheme = dark.matches ? "dark" : "light", ink = dark.matches ? "#e4e7ec" : "#1d222b", soft = dark.matches ? "#9aa3b0" : "#626b78"
    const last = this.mind.columns.length - 1, room = (this.size.height - 46) / Math.max(...this.rows, 1)
    const radius = Math.max(Math.min(room * 0.36, 9), 2.5)
    context.font = "12px system-ui, sans-serif"
    context.textBaseline = "middle"
    this.mind.nodes.forEach(([name, column], k) => {
      const [x, y] = this.places[k], value = activity[k]
      context.beginPath()
      context.arc(x, y, radius, 0, 7)
      context.fillStyle = dark.matches ? "#1b1f26" : "#ffffff"
      context.fill()
      context.fillStyle = colour(value, Math.min(Math.abs(value) * 0.95 + 0.03, 1))
      context.fill()
      context.lineWidth = 1
      context.strokeStyle = `rgba(${(value >= 0 ? POSITIVE : NEGATIVE)[scheme]},.75)`
      context.stroke()
      if ((column === 0 || column === last) && room > 10) {
        context.fillStyle = ink
        context.textAlign = column ? "left" : "right"
        context.fillText(this.fitting(context, name, x), x + (column ? 1 : -1) * (radius + 6), y)
      }
    })
    context.fillStyle = soft
    context.textAlign = "center"
    const isNarrow = this.size.width < 560
    this.mind.columns.forEach((name, k) => context.fillText(name, this.place(["", k, 0])[0], isNarrow && k % 2 ? 24 : 9))
  }

  fitting(context, name, x) {
    const room = Math.min(x, this.size.width - x) - 18
    if (context.measureText(name).width <= room) return name
    while (name.length > 2 && context.measureText(name + "…").width > room) name = name.slice(0, -1)
    return name + "…"
  }
}

function colour(value, alpha) {
  const scheme = dark.matches ? "dark" : "light"
  return `rgba(${(value >= 0 ? POSITIVE : NEGATIVE)[scheme]},${alpha.toFixed(3)})`
}

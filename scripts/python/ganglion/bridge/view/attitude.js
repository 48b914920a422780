// An artificial horizon with a compass above it: angles in rad, as an aviator reads them.
const SVG = "http://www.w3.org/2000/svg"
const make = (name, attributes, ...children) => {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}
const degrees = angle => angle * 180 / Math.PI
// Pixels of the picture for a degree of pitch.
const SCALE = 2.2

export class Attitude {
  constructor(element) {
    this.element = element
    const ladder = []
    for (let pitch = -60; pitch <= 60; pitch += 10) {
      if (!pitch) continue
      const wide = pitch % 20 ? 14 : 26, y = -pitch * SCALE
      ladder.push(make("line", { x1: -wide, x2: wide, y1: y, y2: y, stroke: "#fff", "stroke-width": 1.2, opacity: .85 }))
      if (!(pitch % 20)) ladder.push(make("text", { x: wide + 13, y: y + 4, class: "mark" }, String(Math.abs(pitch))))
    }
    this.world = make("g", {},
      make("rect", { x: -400, y: -600, width: 800, height: 600, style: "fill: var(--sky)" }),
      make("rect", { x: -400, y: 0, width: 800, height: 600, style: "fill: var(--earth)" }),
      make("line", { x1: -400, x2: 400, y1: 0, y2: 0, stroke: "#fff", "stroke-width": 1.6 }), ...ladder)
    this.roll = make("path", { d: "M0,-96 l-6,-10 h12 z", fill: "#fff", stroke: "#0006", "stroke-width": .8 })
    const marks = [-60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60].map(angle => make("line", { x1: 0, x2: 0, y1: -96, y2: angle % 30 ? -90 : -86, stroke: "#fff", "stroke-width": angle ? 1.4 : 2.4, transform: `rotate(${angle})` }))
    const own = make("g", { fill: "none", stroke: "#ffcf33", "stroke-width": 4, "stroke-linecap": "round" },
      make("path", { d: "M-58,0 h30 l9,10" }), make("path", { d: "M58,0 h-30 l-9,10" }), make("circle", { cx: 0, cy: 0, r: 2.4, fill: "#ffcf33", stroke: "none" }))
    this.rose = make("g", {})
    for (let angle = 0; angle < 360; angle += 15) {
      const name = { 0: "N", 90: "E", 180: "S", 270: "W" }[angle]
      for (const turn of [-360, 0, 360]) this.rose.append(name ? make("text", { x: (angle + turn) * 1.6, y: -122, "font-weight": 700 }, name) : angle % 30 ? make("line", { x1: (angle + turn) * 1.6, x2: (angle + turn) * 1.6, y1: -129, y2: -124, stroke: "currentColor", opacity: .5 }) : make("text", { x: (angle + turn) * 1.6, y: -122 }, String(angle)))
    }
    const svg = make("svg", { viewBox: "-112 -142 224 252", role: "img", "aria-label": "Attitude" },
      make("defs", {}, make("clipPath", { id: "disc" }, make("circle", { cx: 0, cy: 0, r: 106 })), make("clipPath", { id: "tape" }, make("rect", { x: -104, y: -140, width: 208, height: 26 }))),
      make("g", { "clip-path": "url(#tape)" }, this.rose), make("path", { d: "M0,-112 l-4.5,-6 h9 z", fill: "#d0374f" }),
      make("g", { "clip-path": "url(#disc)" }, this.world, this.roll), ...marks, own)
    this.words = ["Roll", "Pitch", "Heading"].map(name => {
      const box = document.createElement("span"), value = document.createElement("b")
      box.append(name, value)
      return [box, value]
    })
    const row = document.createElement("div")
    row.className = "angles"
    row.append(...this.words.map(each => each[0]))
    element.append(svg, row)
  }

  // Roll, pitch and yaw, or null while they are not known.
  show(angles) {
    this.element.classList.toggle("unknown", !angles)
    if (!angles) { for (const [, value] of this.words) value.textContent = "–"; return }
    const [roll, pitch, yaw] = angles.map(degrees), heading = (yaw % 360 + 360) % 360
    this.world.setAttribute("transform", `rotate(${(-roll).toFixed(2)}) translate(0 ${(pitch * SCALE).toFixed(2)})`)
    this.roll.setAttribute("transform", `rotate(${(-roll).toFixed(2)})`)
    this.rose.setAttribute("transform", `translate(${(-heading * 1.6).toFixed(1)} 0)`)
    const said = [roll.toFixed(1), pitch.toFixed(1), heading.toFixed(0).padStart(3, "0")]
    this.words.forEach(([, value], k) => { value.textContent = said[k].replace("-", "−") + "°" })
  }
}

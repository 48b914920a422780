// The page of a vehicle that runs: one line to the bridge, and what it says shown at most once for each picture of the screen.
import { Attitude } from "./attitude.js"
import { Plots } from "./plots.js"
import { Wiring } from "./wiring.js"

const $ = id => document.getElementById(id)
const token = { value: sessionStorage.getItem("token") }
if (location.hash.length > 1) {
  // The address is printed, and remembered by browsers: the token does not stay in it.
  token.value = decodeURIComponent(location.hash.slice(1))
  sessionStorage.setItem("token", token.value)
  history.replaceState(null, "", location.pathname)
}

const attitude = new Attitude($("attitude"))
const plots = new Plots($("plots"), $("columns"), names => say({ watch: names }), () => token.value)
let line = null, minds = [], latest = null, sure = 0, told = [], answered = 0

function say(words) { if (line?.readyState === WebSocket.OPEN) line.send(JSON.stringify(words)) }

function banner(text) { $("banner").textContent = text; $("banner").hidden = !text }

function connect() {
  line = new WebSocket(location.origin.replace(/^http/, "ws") + "/live")
  line.onopen = () => { if (token.value) say({ token: token.value }) }
  line.onmessage = event => hear(JSON.parse(event.data))
  line.onclose = () => { away("The bridge is away; looking for it again."); setTimeout(connect, 1000) }
}

function away(why) {
  latest = null
  banner(why)
  document.querySelector("main").classList.add("away")
  for (const name of ["land", "disarm"]) $(name).disabled = true
  $("release").hidden = true
}

function hear(said) {
  if (said.type === "layout") settle(said)
  else if (said.type === "now") { if (!latest) requestAnimationFrame(show); keep(said) }
  else if (said.type === "away") away("The vehicle is away: " + said.why)
  else if (said.type === "locked") banner("This page needs the token: open the address that the bridge printed at its start.")
  else if (said.type === "token" && !said.right) { sessionStorage.removeItem("token"); token.value = null; answer("The token is wrong: open the address that the bridge printed at its start.") }
  else if (said.type === "done" && said.error) answer(said.error)
}

function answer(text) {
  $("answer").textContent = text
  $("answer").hidden = !text
  clearTimeout(answered)
  answered = setTimeout(() => { $("answer").hidden = true }, 8000)
}

function settle(said) {
  document.title = said.vehicle + " · Ganglion"
  $("vehicle").textContent = said.vehicle
  $("attitude-card").hidden = !said.has_attitude
  minds = said.minds.map(mind => new Wiring(mind))
  $("minds").replaceChildren(...minds.map(mind => mind.element))
  document.querySelector("main").hidden = false
  plots.settle(said)
  banner("")
}

// Samples must not be lost when two words come before one picture.
function keep(said) {
  if (said.samples) plots.take(said.samples)
  const now = performance.now()
  told.push(now)
  while (told[0] < now - 2000) told.shift()
  latest = said
}

function pill(element, text, kind) {
  element.hidden = !text
  if (element.textContent !== text) element.textContent = text
  element.className = "pill " + kind
}

const KINDS = { active: "good", hold: "warn", landing: "warn", disarmed: "" }
let updates = 0

function show() {
  const said = latest
  latest = null
  if (!said) return
  updates += 1
  window.ganglionView = { updates, tick: said.tick, rate: told.length / 2, mode: said.mode }
  banner("")
  document.querySelector("main").classList.remove("away")
  pill($("mode"), said.mode, KINDS[said.mode] ?? "bad")
  pill($("armed"), said.armed === null ? "" : said.armed ? "armed" : "disarmed", said.armed ? "good" : "")
  if (said.mode === "disarmed") $("armed").hidden = true
  $("source").textContent = said.source && said.source !== "none" ? "commanded by " + said.source : ""
  $("time").textContent = clock(said.time)
  attitude.show(said.attitude)
  numbers(said.numbers)
  faults(said.faults)
  said.neurons.forEach((each, k) => minds[k]?.show(each))
  plots.draw()
  buttons(said)
  $("rate").textContent = `${(told.length / 2).toFixed(0)} updates a second`
  $("losses").textContent = said.lost ? `${said.lost} records were lost on the way` : ""
}

function clock(seconds) {
  const minutes = Math.floor(seconds / 60)
  return minutes ? `${minutes} min ${(seconds % 60).toFixed(1).padStart(4, "0")} s` : `${seconds.toFixed(1)} s`
}

// With a real minus, and none in front of a zero.
const number = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−")

const TITLES = { battery: ["Battery", "V", 2], altitude: ["Altitude", "m", 2], climb: ["Climb", "m/s", 2], speed: ["Speed", "m/s", 2] }
function numbers(said) {
  const list = $("numbers"), keys = Object.keys(said)
  list.parentElement.hidden = !keys.length
  if (list.dataset.keys !== keys.join()) {
    list.dataset.keys = keys.join()
    list.replaceChildren(...keys.flatMap(key => [Object.assign(document.createElement("dt"), { textContent: TITLES[key][0] }), document.createElement("dd")]))
  }
  keys.forEach((key, k) => { list.children[2 * k + 1].textContent = said[key] === null ? "–" : `${number(said[key], TITLES[key][2])} ${TITLES[key][1]}` })
}

let shownFaults = null
function faults(said) {
  const key = JSON.stringify(said)
  if (key === shownFaults) return
  shownFaults = key
  const rows = said.filter(each => !each.inhibits).map(fault), inhibits = said.filter(each => each.inhibits).map(fault)
  if (!rows.length) rows.push(Object.assign(document.createElement("p"), { className: "none", textContent: "None." }))
  if (inhibits.length) rows.push(Object.assign(document.createElement("p"), { className: "group", textContent: "What keeps it from arming" }), ...inhibits)
  $("faults").replaceChildren(...rows)
}

function fault(each) {
  const row = document.createElement("div"), text = document.createElement("b"), remedy = document.createElement("span")
  row.className = each.inhibits ? "fault inhibits" : "fault"
  text.textContent = each.text
  remedy.textContent = each.remedy
  row.append(text, ...(each.remedy ? [remedy] : []))
  return row
}

function buttons(said) {
  for (const name of ["land", "disarm"]) {
    const button = $(name), reason = said.trusted ? said.offers[name] : "This page has no token: open the address that the bridge printed at its start."
    button.disabled = Boolean(reason) || said.wish !== null
    button.title = reason
    button.classList.toggle("asking", said.wish === name)
  }
  $("land").textContent = said.wish === "land" ? "Asked to land …" : "Land"
  if (performance.now() > sure) $("disarm").classList.remove("sure")
  $("disarm").textContent = said.wish === "disarm" ? "Asked to disarm …" : $("disarm").classList.contains("sure") ? "Motors off: press again" : "Disarm"
  $("release").hidden = said.wish === null
}

$("land").onclick = () => say({ do: "land" })
$("release").onclick = () => say({ do: "release" })
// In the air this is a fall: it takes a second press.
$("disarm").onclick = () => {
  if ($("disarm").classList.contains("sure")) { $("disarm").classList.remove("sure"); say({ do: "disarm" }) } else { $("disarm").classList.add("sure"); $("disarm").textContent = "Motors off: press again"; sure = performance.now() + 3000 }
}
$("adding").onsubmit = event => {
  event.preventDefault()
  const unknown = plots.add($("wanted").value.split(",").map(each => each.trim()).filter(Boolean))
  if (unknown) answer(unknown); else $("wanted").value = ""
}

connect()

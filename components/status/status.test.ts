import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { STATUS } from './status'

type Triple = readonly [number, number, number]

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8')
const block = (selector: string) => css.split(`${selector} {`)[1]?.split('}')[0] ?? ''
const themes = { light: block(':root'), dark: block('[data-theme="dark"]') }
const tokens = [...new Set(Object.values(STATUS).map((status) => status.token))]

function colour(theme: string, token: string): Triple {
  const hex = theme.match(new RegExp(`--${token}: #([0-9a-f]{6});`))?.[1]
  if (!hex) throw new Error(`no --${token} in globals.css`)
  const byte = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return [byte(0), byte(2), byte(4)]
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
const toLinear = ([r, g, b]: Triple): Triple => [linear(r), linear(g), linear(b)]
const dot = (m: Triple, [x, y, z]: Triple) => m[0] * x + m[1] * y + m[2] * z

function contrast(a: Triple, b: Triple) {
  const luminance = (rgb: Triple) => dot([0.2126, 0.7152, 0.0722], toLinear(rgb))
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

// Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
const VISION: Record<string, readonly [Triple, Triple, Triple]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

function lab(rgb: Triple, [r, g, b]: readonly [Triple, Triple, Triple]): Triple {
  const clip = (v: number) => Math.min(1, Math.max(0, v))
  const from = toLinear(rgb)
  const seen: Triple = [clip(dot(r, from)), clip(dot(g, from)), clip(dot(b, from))]
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], seen) / 0.95047)
  const y = f(dot([0.2126729, 0.7151522, 0.072175], seen))
  const z = f(dot([0.0193339, 0.119192, 0.9503041], seen) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function ciede2000([l1, a1, b1]: Triple, [l2, a2, b2]: Triple) {
  const rad = Math.PI / 180
  const ratio = (c: number) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7))
  const g = 0.5 * (1 - ratio((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2))
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)]
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)]
  const hue = (a: number, b: number) => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / rad + 360) % 360)
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)]
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180
  const [dl, dc, dh] = [l2 - l1, c2 - c1, 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * rad)]
  const [l, c, h] = [(l1 + l2) / 2, (c1 + c2) / 2, h1 + turn / 2]
  const cos = (degrees: number) => Math.cos(degrees * rad)
  const t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63)
  const [sl, sc, sh] = [1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t]
  const turned = ((h % 360) + 360) % 360
  const rt = -2 * ratio(c) * Math.sin(60 * Math.exp(-(((turned - 275) / 25) ** 2)) * rad)
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))
}

it('measures colour distance as Sharma and others published it', () => {
  expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4)
  expect(ciede2000([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4)
  expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4)
})

describe.each(Object.entries(themes))('the colours of a status, %s', (_, theme) => {
  it.each(tokens)('%s is readable on a panel and on its own tint', (token) => {
    expect(contrast(colour(theme, token), colour(theme, 'panel'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour(theme, token), colour(theme, `${token}-tint`))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(Object.entries(VISION))('are told apart by %s eyes', (_, matrix) => {
    const seen = tokens.map((token) => lab(colour(theme, token), matrix))
    const distances = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => ciede2000(a, b)))
    expect(Math.min(...distances)).toBeGreaterThan(10)
  })
})

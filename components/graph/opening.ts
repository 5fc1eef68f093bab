/** What the server takes the container to be: a laptop's window less the rail and the bars. */
export const GUESS = { width: 1216, height: 760 } as const
export const MARGIN = 16
/** Below this, text is no longer read; a drawing too wide for it opens readable instead, at its upper left. */
const FITTING = 0.75
const READABLE = 0.9

/** The zoom at which a drawing opens: all of it if its width fits, else large enough to be read. */
export function openingZoom(length: number, room: number) {
  const fit = (room - 2 * MARGIN) / length
  return fit < FITTING ? READABLE : Math.min(1, Math.floor(fit * 100) / 100)
}

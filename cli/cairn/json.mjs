// @ts-check

/** @typedef {Record<string, unknown>} Json */

/** @param {unknown} value @returns {value is Json} */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members of an object, or none. @param {unknown} value @returns {Json} */
export function recordOf(value) {
  return isRecord(value) ? value : {}
}

/** @param {unknown} value @returns {unknown[]} */
export function listOf(value) {
  return Array.isArray(value) ? value : []
}

/** @param {unknown} value @returns {string} */
export function textOf(value) {
  return typeof value === 'string' ? value : ''
}

/** What a text says in JSON, or undefined. @param {string} text @returns {unknown} */
export function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

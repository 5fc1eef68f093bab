// @ts-check
import { wrongUsage } from './failure.mjs'
import { isRecord, listOf, parseJson, recordOf } from './json.mjs'

// The values of fields, as they are written on a command line.

/** @typedef {import('./document.mjs').Field} Field @typedef {import('./json.mjs').Json} Json */

/** @param {string} field */
export function flagOf(field) {
  return field.replace(/_/g, '-')
}

/** The JSON types that a schema takes. @param {Json} schema @returns {unknown[]} */
function typesOf({ type, anyOf }) {
  return [type, ...listOf(anyOf).flatMap((option) => (isRecord(option) ? typesOf(option) : []))].flat()
}

/** @param {Json} schema @param {string} type */
export function takes(schema, type) {
  return typesOf(schema).includes(type)
}

/** @param {Field} field @param {readonly string[]} texts */
export function valueFrom(field, texts) {
  const { name, schema } = field
  if (takes(schema, 'array')) return texts.flatMap((text) => listIn(field, text))
  const [text = '', second] = texts
  if (second !== undefined) throw wrongUsage(`--${flagOf(name)} is given twice.`)
  if (takes(schema, 'object')) return jsonIn(field, text)
  return scalarIn(field, schema, text)
}

/** @param {Field} field @param {string} text @returns {unknown[]} */
function listIn(field, text) {
  const items = isRecord(field.schema.items) ? field.schema.items : {}
  // A title may begin with a bracket, as in "[UI] Build".
  if (isPlan(field) && !/^\s*(\{|\[\s*[{\]])/.test(text)) return [stepIn(field, text)]
  if (/^\s*[[{]/.test(text) || takes(items, 'object')) return [jsonIn(field, text)].flat()
  return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [scalarIn(field, items, item.trim())]))
}

/** Whether a field is a list of titled entries that depend on one another. @param {Field} field */
export function isPlan({ schema }) {
  const { properties } = recordOf(schema.items)
  return isRecord(properties) && isRecord(properties.title) && isRecord(properties.depends_on)
}

const STEP = /^(.*?)\s*<-\s*((?:\d+|ms_\w+:\w+|cp_\w+)(?:\s*,\s*(?:\d+|ms_\w+:\w+|cp_\w+))*)\s*$/s

/** A title, and after an arrow what it waits for, as in the rows of an answer: "Tests passing <-2". @param {Field} field @param {string} text */
function stepIn({ name, schema }, text) {
  const [, title = text, waitsFor] = STEP.exec(text) ?? []
  if (waitsFor === undefined) return { title }
  const depends_on = {
    name,
    place: /** @type {const} */ ('body'),
    required: false,
    isWord: false,
    schema: recordOf(recordOf(recordOf(schema.items).properties).depends_on),
  }
  return { title, depends_on: listIn(depends_on, waitsFor) }
}

/** @param {Field} field @param {string} text @returns {unknown} */
function jsonIn({ name }, text) {
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null) return value
  throw wrongUsage(
    `--${flagOf(name)} takes JSON, such as --${flagOf(name)} '[{"title":"Design"}]', or put the whole body into a file: --body FILE`,
  )
}

/** @param {Field} field @param {Json} schema @param {string} text @returns {unknown} */
function scalarIn({ name, place }, schema, text) {
  if (place === 'query') return text
  if (text === 'null' && takes(schema, 'null')) return null
  if (/^-?\d{1,15}$/.test(text) && (takes(schema, 'integer') || takes(schema, 'number'))) return Number(text)
  if (takes(schema, 'boolean')) {
    if (text === 'true' || text === 'false') return text === 'true'
    throw wrongUsage(`--${flagOf(name)} is true or false: --${flagOf(name)} or --no-${flagOf(name)}`)
  }
  if (takes(schema, 'string') || schema.enum || typesOf(schema).every((type) => type === undefined)) return text
  throw wrongUsage(`--${flagOf(name)} takes a whole number, and "${text}" is none.`)
}

/** The end of one page of a list in the order of creation: the time and the id of its last row. */
export type Cursor = { created_at: string; id: string }

/** The opaque text that a client receives for a cursor. */
export const cursorOf = ({ created_at, id }: Cursor): string => toBase64Url(JSON.stringify([created_at, id]))

/** The position from which a cursor was made, or null if the text is not a cursor. */
export const findPosition = (cursor: string): Cursor | null => {
  try {
    const [created_at, id]: unknown[] = JSON.parse(fromBase64Url(cursor))
    if (typeof created_at === 'string' && typeof id === 'string' && isInstant(created_at) && !id.includes('\0')) return { created_at, id }
  } catch {}
  return null
}

/** Whether a text is a time in the form of `toISOString`, within the years that PostgreSQL reads in this form. */
const isInstant = (text: string) => /^[1-9]\d{3}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text

const toBase64Url = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const fromBase64Url = (text: string) => atob(text.replaceAll('-', '+').replaceAll('_', '/'))

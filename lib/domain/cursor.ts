/** Where a page of a list in the order of creation ended: the time and the id of its last row. */
export type Cursor = { created_at: string; id: string }

/** A cursor as its reader gets it: text that means nothing to anybody else. */
export const cursorOf = ({ created_at, id }: Cursor): string => toBase64Url(JSON.stringify([created_at, id]))

/** The position that a cursor was made of, or null for text that no list gave out. */
export const findPosition = (cursor: string): Cursor | null => {
  try {
    const [created_at, id]: unknown[] = JSON.parse(fromBase64Url(cursor))
    if (typeof created_at === 'string' && typeof id === 'string' && isInstant(created_at) && !id.includes('\0')) return { created_at, id }
  } catch {}
  return null
}

/** Whether a text is a time as we write it, and as PostgreSQL reads it. */
const isInstant = (text: string) => /^[1-9]\d{3}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text

const toBase64Url = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const fromBase64Url = (text: string) => atob(text.replaceAll('-', '+').replaceAll('_', '/'))

import nodemailer from 'nodemailer'
import type { SendMail } from '@/db/instance'

/** A server that is asked to take a message has so long for each step, and so long for all of them. */
const STEP_MS = 5_000
const MOST_MS = 15_000

/** Sends messages by the mail server of a URL. */
export const mailer = ({ url, from }: { url: string; from: string }): SendMail => {
  const transport = nodemailer.createTransport({
    url,
    dnsTimeout: STEP_MS,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    // What is sent is our own text, which names neither files nor addresses to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async ({ to, ...message }) => {
    const sending = transport.sendMail({ from, to: { name: '', address: to }, ...message })
    await Promise.race([sending, failAfter(MOST_MS)])
  }
}

const failAfter = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) =>
    setTimeout(() => reject(Object.assign(new Error('The mail server was too slow'), { code: 'ETIMEDOUT' })), ms).unref(),
  )

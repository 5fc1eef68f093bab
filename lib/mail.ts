import nodemailer from 'nodemailer'
import type { SendMail } from '@/db/instance'

/** A server that is asked to take a message has so long for each step. */
const STEP_MS = 5_000

/** Sends messages by the mail server of a URL. */
export const mailer = ({ url, from }: { url: string; from: string }): SendMail => {
  const transport = nodemailer.createTransport({
    url,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    // What is sent is our own text, which names neither files nor addresses to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async (message) => {
    await transport.sendMail({ from, ...message })
  }
}

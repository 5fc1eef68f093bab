import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A mail that arrived. */
export type Mail = { from: string; to: string[]; data: string }

export type MailServer = {
  /** With a user and a password. */
  readonly url: string
  readonly mails: Mail[]
  /** What it answers to an address, such as a refusal. */
  answerToAddress: string
  close: () => Promise<void>
}

export const MAIL_PASSWORD = 'mail_password_kept_secret'

/** A mail server that takes what it is sent, by SMTP on this machine. */
export const startMailServer = async (): Promise<MailServer> => {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy()))
    converse(socket, mailServer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const mailServer: MailServer = {
    url: `smtp://cairn:${MAIL_PASSWORD}@127.0.0.1:${port}`,
    mails: [],
    answerToAddress: '250 ok',
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return mailServer
}

const converse = (socket: Socket, mailServer: MailServer): void => {
  let left = ''
  let mail: Mail = { from: '', to: [], data: '' }
  let isData = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  say('220 mail.test')
  const take = (line: string): void => {
    if (isData && line === '.') {
      isData = false
      mailServer.mails.push(mail)
      mail = { from: '', to: [], data: '' }
      return void say('250 taken')
    }
    if (isData) {
      mail.data += `${line.replace(/^\./, '')}\n`
      return
    }
    const [, address = ''] = /<([^>]*)>/.exec(line) ?? []
    const [, command = ''] = /^(\w+)/.exec(line.toUpperCase()) ?? []
    if (command === 'EHLO') return void say('250-mail.test\r\n250 AUTH PLAIN')
    if (command === 'AUTH') return void say(line.endsWith(PLAIN) ? '235 welcome' : '535 wrong password')
    if (command === 'MAIL') mail.from = address
    if (command === 'RCPT') {
      if (mailServer.answerToAddress.startsWith('250')) mail.to.push(address)
      return void say(mailServer.answerToAddress.replace('%', address))
    }
    if (command === 'DATA') {
      isData = true
      return void say('354 go on')
    }
    say(command === 'QUIT' ? '221 bye' : '250 ok')
  }
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (left + chunk).split('\r\n')
    left = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

const PLAIN = Buffer.from(`\0cairn\0${MAIL_PASSWORD}`).toString('base64')

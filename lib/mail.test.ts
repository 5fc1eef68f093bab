import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import { createGroup, createInvitation } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { administer } from '@/lib/testing/administer'
import { useInstance } from '@/lib/testing/instance'
import { MAIL_PASSWORD, type MailServer, startMailServer } from '@/lib/testing/mail-server'
import { inputFromForm } from '@/lib/transport/form'
import { mailer } from './mail'

const FROM = 'Cairn <cairn@example.com>'
const TO = 'maria@example.com'

describe('an invitation that names an address', { timeout: 60_000 }, () => {
  const test = useInstance()
  let instance: Instance
  let server: MailServer
  let group_id: string

  beforeAll(async () => {
    server = await startMailServer()
    instance = await openInstance(test.database.url, 'https://cairn.example.com', { sendMail: mailer({ url: server.url, from: FROM }) })
    group_id = (await test.run(createGroup, { name: 'Ärzte & Söhne' })).data.group_id
  })
  afterAll(async () => {
    await instance.close()
    await server.close().catch(() => undefined)
  })
  afterEach(() => {
    server.answerToAddress = '250 ok'
    server.mails.length = 0
  })

  const invite = async (given: object, { on = instance, ...more }: { on?: Instance; idempotency_key?: string } = {}) => {
    const { data } = await execute(on, createInvitation, { input: { group_id, ...given }, actor: test.owner, ...more })
    return JSON.parse(data)
  }
  /** The text of a mail, as its reader sees it. */
  const read = (data: string) => {
    const body = data.slice(data.indexOf('\n\n') + 2)
    if (/content-transfer-encoding: base64/i.test(data)) return Buffer.from(body, 'base64').toString()
    const joined = body.replace(/=\n/g, '')
    return Buffer.from(
      joined.replace(/=([0-9A-F]{2})/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 16))),
      'latin1',
    ).toString()
  }

  it('is mailed too, with the link and to nobody else', async () => {
    const { link, mail } = await invite({ email: ' Maria@Example.com ', role: 'admin' })
    expect([mail, server.mails.length]).toEqual(['sent', 1])
    const [sent] = server.mails
    expect([sent?.from, sent?.to]).toEqual(['cairn@example.com', [TO]])
    const text = read(sent?.data ?? '')
    expect(text).toContain(link)
    expect(text).toContain('Owner invites you to the group Ärzte & Söhne as one of its admins.')
    expect(link).toMatch(/^https:\/\/cairn\.example\.com\/join\/[a-z2-7]+$/)
    expect(sent?.data).toMatch(/^From: Cairn <cairn@example\.com>$/m)
  })

  it('is not kept with its address or its link', async () => {
    const { link } = await invite({ email: TO })
    const kept = JSON.stringify([
      await administer(test.database.ownerUrl, 'select * from events'),
      await administer(test.database.ownerUrl, 'select * from invitations'),
      await administer(test.database.ownerUrl, 'select * from remembered_answers'),
    ])
    for (const secret of [TO, String(link).split('/').at(-1) ?? '']) expect(kept).not.toContain(secret)
  })

  it('is mailed once, however often the call is repeated', async () => {
    const again = { idempotency_key: 'one-mail' }
    expect((await invite({ email: TO }, again)).mail).toBe('sent')
    const { link, mail } = await invite({ email: TO }, again)
    expect([link, mail, server.mails.length]).toEqual([null, null, 1])
    expect((await invite({})).mail).toBeNull()
    await expect(invite({ email: TO, role: 'owner' })).rejects.toThrow()
    expect(server.mails).toHaveLength(1)
  })

  it('says that it was not mailed, logs no address and no password, and has a link that works', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      server.answerToAddress = `550 5.1.1 <%>: no such user here, ${MAIL_PASSWORD}`
      const { link, mail } = await invite({ email: TO })
      expect([mail, link]).toEqual(['failed', expect.stringContaining('/join/')])
      const { port } = new URL(server.url)
      const wrong = mailer({ url: `smtp://cairn:another_secret@127.0.0.1:${port}`, from: FROM })
      expect((await invite({ email: TO }, { on: { ...instance, sendMail: wrong } })).mail).toBe('failed')
      const nowhere = mailer({ url: 'smtp://cairn:another_secret@127.0.0.1:1', from: FROM })
      expect((await invite({ email: TO }, { on: { ...instance, sendMail: nowhere } })).mail).toBe('failed')
      const said = written.mock.calls.join('\n')
      expect(said).toContain('An invitation was not mailed')
      for (const secret of [TO, MAIL_PASSWORD, 'another_secret', link]) expect(said).not.toContain(secret)
    } finally {
      written.mockRestore()
    }
    expect((await invite({ email: TO }, { on: test.instance })).mail).toBe('not_set_up')
  })

  it('is made by a form whose field for the address is left empty', async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ group_id, role: 'member', expires_at: '', email: '' })) form.set(name, value)
    expect((await invite(Object(inputFromForm(createInvitation.input, form)))).mail).toBeNull()
  })

  it('says in a short text what became of the mail', async () => {
    const say = () => ''
    const { data } = await execute(instance, createInvitation, { input: { group_id, email: TO }, actor: test.owner, say })
    expect(data).toMatch(/\nmailed too$/)
    const plain = await execute(instance, createInvitation, { input: { group_id }, actor: test.owner, say })
    expect(plain.data).not.toContain('mail')
  })

  it('is stored before a mail server is asked, which may be slow', async () => {
    let release = () => {}
    const slow = { ...instance, sendMail: () => new Promise<void>((resolve) => (release = resolve)) }
    const count = async () => Number((await administer(test.database.ownerUrl, 'select count(*)::int as n from invitations'))[0]?.n)
    const before = await count()
    const slowly = invite({ email: TO }, { on: slow })
    await expect.poll(count).toBe(before + 1)
    // The lane goes on meanwhile.
    expect((await invite({})).mail).toBeNull()
    release()
    expect((await slowly).mail).toBe('sent')
  })
})

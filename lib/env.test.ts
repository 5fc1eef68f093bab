import { describe, expect, it } from 'vitest'
import { needsUrl, parseEnv } from '@/lib/env.mjs'

describe('parseEnv', () => {
  it('has a default for every variable', () => {
    expect(parseEnv({}, '/srv/cairn')).toEqual({
      port: 3000,
      host: '127.0.0.1',
      url: 'http://127.0.0.1:3000',
      urlGiven: false,
      hosts: [],
      dataDir: '/srv/cairn/.cairn',
      dataDirGiven: false,
      databaseUrl: null,
      demo: true,
      rate: { per_second: 50, burst: 200 },
      proxies: [],
      providers: { github: null, google: null },
      mail: null,
    })
  })

  it('reads every variable', () => {
    const source = {
      PORT: '8080',
      HOST: '::1',
      CAIRN_URL: 'https://cairn.example.com/',
      CAIRN_HOSTS: 'Cairn.lan, 192.168.1.7:3000,fd00::7,[fd00::8]:80',
      CAIRN_DATA_DIR: 'data',
      DATABASE_URL: 'postgresql://u:p@db/cairn',
      CAIRN_DEMO: 'off',
      CAIRN_RATE: '5',
      CAIRN_BURST: '7',
      CAIRN_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/64',
      CAIRN_GITHUB_CLIENT_ID: 'gh',
      CAIRN_GITHUB_CLIENT_SECRET: 'gh_secret',
      CAIRN_GOOGLE_CLIENT_ID: 'go',
      CAIRN_GOOGLE_CLIENT_SECRET: 'go_secret',
      SMTP_URL: 'smtps://u:p@mail.example.com',
      CAIRN_MAIL_FROM: 'Cairn <cairn@example.com>',
    }
    expect(parseEnv(source, '/srv')).toEqual({
      port: 8080,
      host: '::1',
      url: 'https://cairn.example.com',
      urlGiven: true,
      hosts: ['cairn.lan', '192.168.1.7:3000', '[fd00::7]', '[fd00::8]:80'],
      dataDir: '/srv/data',
      dataDirGiven: true,
      databaseUrl: 'postgresql://u:p@db/cairn',
      demo: false,
      rate: { per_second: 5, burst: 7 },
      proxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/64'],
      providers: { github: { clientId: 'gh', clientSecret: 'gh_secret' }, google: { clientId: 'go', clientSecret: 'go_secret' } },
      mail: { url: 'smtps://u:p@mail.example.com', from: 'Cairn <cairn@example.com>' },
    })
  })

  it.each([
    ['0.0.0.0', 'http://localhost:3000'],
    ['[::]', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
    ['localhost', 'http://localhost:3000'],
    ['cairn.lan', 'http://cairn.lan:3000'],
  ])('a server on %s is reached at %s', (HOST, url) => {
    expect(parseEnv({ HOST }).url).toBe(url)
  })

  it.each([
    [{}, false],
    [{ HOST: '192.168.1.7' }, false],
    [{ HOST: '0.0.0.0' }, true],
    [{ HOST: '::' }, true],
    [{ HOST: '0.0.0.0', CAIRN_URL: 'http://192.168.1.7:3000' }, false],
    [{ HOST: '0.0.0.0', CAIRN_HOSTS: 'cairn.lan' }, false],
  ])('with %o, no other machine could call it: %s', (source, needs) => {
    expect(needsUrl(parseEnv(source))).toBe(needs)
  })

  it('takes an empty list of hosts for none', () => {
    expect(parseEnv({ CAIRN_HOSTS: '' }).hosts).toEqual([])
  })

  it('lets the word "embedded" stand for the built-in database', () => {
    expect(parseEnv({ DATABASE_URL: 'embedded' }).databaseUrl).toBeNull()
  })

  it.each([
    [{ CAIRN_GITHUB_CLIENT_ID: 'gh' }, 'CAIRN_GITHUB_CLIENT_SECRET'],
    [{ CAIRN_GITHUB_CLIENT_SECRET: 'secret' }, 'CAIRN_GITHUB_CLIENT_ID'],
    [{ CAIRN_GOOGLE_CLIENT_ID: 'go', CAIRN_GOOGLE_CLIENT_SECRET: ' ' }, 'CAIRN_GOOGLE_CLIENT_SECRET'],
    [{ SMTP_URL: 'smtp://u:secret@mail.lan' }, 'CAIRN_MAIL_FROM'],
    [{ SMTP_URL: 'smtp://u:secret@mail.lan', CAIRN_MAIL_FROM: 'Cairn' }, 'CAIRN_MAIL_FROM'],
    [{ SMTP_URL: 'smtp://u:secret@mail.lan', CAIRN_MAIL_FROM: 'a@b\r\nBcc: c@d' }, 'CAIRN_MAIL_FROM'],
  ])('with %o, says that %s is missing or wrong', (source, name) => {
    expect(() => parseEnv(source)).toThrow(new RegExp(`^(?!.*secret)${name} is wrong: [^]+\\. Example: ${name}=`))
  })

  it('takes a provider or a mail server that is left empty for none', () => {
    const { providers, mail } = parseEnv({ CAIRN_GITHUB_CLIENT_ID: '', CAIRN_GITHUB_CLIENT_SECRET: '', SMTP_URL: '' })
    expect([providers.github, mail]).toEqual([null, null])
  })

  it.each([
    ['PORT', ''],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['HOST', ''],
    ['HOST', 'a b'],
    ['HOST', 'http://localhost'],
    ['CAIRN_DATA_DIR', ''],
    ['DATABASE_URL', ''],
    ['DATABASE_URL', 'localhost'],
    ['DATABASE_URL', 'mysql://root:secret@db/cairn'],
    ['SMTP_URL', 'mail.example.com'],
    ['SMTP_URL', 'https://u:secret@mail.example.com'],
    ['SMTP_URL', 'smtp://'],
    ['CAIRN_DEMO', 'yes'],
    ['CAIRN_DEMO', ''],
    ['CAIRN_RATE', ''],
    ['CAIRN_RATE', '0'],
    ['CAIRN_RATE', '1.5'],
    ['CAIRN_RATE', 'on'],
    ['CAIRN_BURST', 'off'],
    ['CAIRN_BURST', '-1'],
    ['CAIRN_PROXIES', 'proxy.lan'],
    ['CAIRN_PROXIES', '10.0.0.0/33'],
    ['CAIRN_PROXIES', '10.0.0.0/'],
    ['CAIRN_PROXIES', '10.0.0.0/8/8'],
    ['CAIRN_PROXIES', '10.0.0.1,'],
    ['CAIRN_URL', ''],
    ['CAIRN_URL', 'cairn.example.com'],
    ['CAIRN_URL', 'ftp://cairn.example.com'],
    ['CAIRN_URL', 'https://cairn.example.com/app'],
    ['CAIRN_URL', 'https://me:secret@cairn.example.com'],
    ['CAIRN_HOSTS', '*'],
    ['CAIRN_HOSTS', '*.lan'],
    ['CAIRN_HOSTS', 'cairn.lan,'],
    ['CAIRN_HOSTS', 'http://cairn.lan'],
    ['CAIRN_HOSTS', 'cairn.lan/app'],
    ['CAIRN_HOSTS', 'cairn.lan:port'],
    ['CAIRN_HOSTS', 'cairn.lan:70000'],
    ['CAIRN_HOSTS', 'me@cairn.lan'],
    ['CAIRN_HOSTS', 'cairn lan'],
  ])('refuses %s="%s", names it and gives an example', (name, value) => {
    expect(() => parseEnv({ [name]: value })).toThrow(new RegExp(`^${name} is wrong: .+\\. Example: ${name}=`))
  })

  it('never repeats a password', () => {
    for (const source of [
      { DATABASE_URL: 'mysql://root:secret@db/cairn' },
      { SMTP_URL: 'http://u:secret@x.example' },
      { CAIRN_URL: 'https://me:secret@x.example' },
    ]) {
      expect(() => parseEnv(source)).toThrow(/^(?!.*secret)/)
    }
  })
})

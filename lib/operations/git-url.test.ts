import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { LIMITS } from '@/lib/domain/limits'
import { GitUrl } from './git-url'

const stored = (given: string): string => GitUrl.parse(given)

const reason = (given: string): string => {
  const issues = GitUrl.safeParse(given).error?.issues ?? []
  expect(issues, given).toHaveLength(1)
  expect(issues[0]).toMatchObject({ code: 'custom', params: { url: true } })
  return issues[0]?.message ?? ''
}

describe('[U1] an address', () => {
  it.each([
    ['https://github.com/org/repo/pull/42', 'https://github.com/org/repo/pull/42'],
    ['https://github.com', 'https://github.com/'],
    ['  https://github.com/a\n', 'https://github.com/a'],
    ['\u3000\ufeffhttps://github.com/a\t', 'https://github.com/a'],
    ['HTTPS://GitHub.com:443/Org/./x/../Repo', 'https://github.com/Org/Repo'],
    ['http://localhost:3000/a?b=c#d', 'http://localhost:3000/a?b=c#d'],
    ['http://[0:0:0:0:0:0:0:1]/a', 'http://[::1]/a'],
    ['https://git.example/tree/größe', 'https://git.example/tree/gr%C3%B6%C3%9Fe'],
    [
      'https://dev.azure.com/o/p/_git/r?version=GBfeature%2Flogin&_a=contents',
      'https://dev.azure.com/o/p/_git/r?version=GBfeature%2Flogin&_a=contents',
    ],
    ['https://git.example/r.git/commit/?h=fix/x&id=0a1b#n1', 'https://git.example/r.git/commit/?h=fix/x&id=0a1b#n1'],
    ['https://git.example/?p=r.git;a=commit;h=0a1b', 'https://git.example/?p=r.git;a=commit;h=0a1b'],
    [
      'https://git.example/projects/A/repos/r/browse?at=refs%2Fheads%2Fx',
      'https://git.example/projects/A/repos/r/browse?at=refs%2Fheads%2Fx',
    ],
    ['https://git.example/a?q=@b:c@d', 'https://git.example/a?q=@b:c@d'],
    ['https://git.example/@org/repo', 'https://git.example/@org/repo'],
    ['https://bücher.example/a', 'https://xn--bcher-kva.example/a'],
    ['https://bu\u0308cher.example/a', 'https://xn--bcher-kva.example/a'],
    ['https://BÜCHER.example:8443', 'https://xn--bcher-kva.example:8443/'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://日本語.jp/', 'https://xn--wgv71a119e.jp/'],
  ])('%j is stored as %j', (given, normal) => {
    expect(stored(given)).toBe(normal)
  })

  it.each([
    ['', 'does not begin with http:// or https://'],
    ['github.com/org/repo', 'does not begin with http:// or https://'],
    ['javascript:alert(1)', 'does not begin with http:// or https://'],
    ['ftp://a.b', 'does not begin with http:// or https://'],
    ['//a.b', 'does not begin with http:// or https://'],
    ['http:x', 'does not begin with http:// or https://'],
    ['https:/a.b/c', 'does not begin with http:// or https://'],
    ['http://', 'has no host'],
    ['http:///x', 'has no host'],
    ['https://?x', 'has no host'],
    ['https://#', 'has no host'],
    ['https://:80/', 'has no host'],
    ['https://a.b:99999/', 'is not a valid URL'],
    ['https://a<b/', 'is not a valid URL'],
    ['https://[::1', 'is not a valid URL'],
    ['https://a\ud800.b/', 'contains a lone surrogate'],
    ['https://a.b\\c', 'contains a backslash'],
    ['https:\\\\a.b', 'contains a backslash'],
    ['https://a b/', 'contains a space (U+0020), which an address may have only with percent-encoding'],
    ['https://a.b/c d', 'contains a space (U+0020), which an address may have only with percent-encoding'],
    ['https://a.b/c\u00a0d', 'contains a space (U+00A0), which an address may have only with percent-encoding'],
    ['https://a.b/c\td', 'contains a tab (U+0009), which an address may have only with percent-encoding'],
    ['https://gi\nthub.com/', 'contains a line end (U+000A), which an address may have only with percent-encoding'],
    ['https://a.b/\u0000', 'contains a control character (U+0000), which an address may have only with percent-encoding'],
    ['https://git\u200bhub.com/', 'contains an invisible character (U+200B), which an address may have only with percent-encoding'],
    ['https://\u202egithub.com/', 'contains an invisible character (U+202E), which an address may have only with percent-encoding'],
    ['https://a.b/\u200fc', 'contains an invisible character (U+200F), which an address may have only with percent-encoding'],
    ['https://git。hub.com/', 'has a host that would be read as git.hub.com; if you mean that one, write it that way'],
    ['https://git．hub.com/', 'has a host that would be read as git.hub.com; if you mean that one, write it that way'],
    ['https://git｡hub.com/', 'has a host that would be read as git.hub.com; if you mean that one, write it that way'],
    ['https://ｇithub.com/', 'has a host that would be read as github.com; if you mean that one, write it that way'],
    ['https://git%2Ehub.com/', 'has a host that would be read as git.hub.com; if you mean that one, write it that way'],
    ['https://git%E2%80%8Bhub.com/', 'has a host that would be read as github.com; if you mean that one, write it that way'],
    [
      'https://org@dev.azure.com/org/p/_git/r',
      'carries a user name; leave out what is before the @, so that it begins with https://dev.azure.com/',
    ],
    [
      'https://u:secret@a.b:81/c',
      'carries a user name and a password; leave out what is before the @, so that it begins with https://a.b:81/',
    ],
    ['https://:secret@a.b/c', 'carries a password; leave out what is before the @, so that it begins with https://a.b/'],
    ['https://@a.b/c', 'carries an empty user name; leave out what is before the @, so that it begins with https://a.b/'],
    [
      'https://github.com@evil.example/',
      'carries a user name; leave out what is before the @, so that it begins with https://evil.example/',
    ],
  ])('%j is refused: it %s', (given, message) => {
    expect(reason(given)).toBe(message)
  })

  it('is refused without its password in the reason', () => {
    expect(reason('https://user:hunter2@a.b/')).not.toMatch(/hunter2|user:/)
  })

  it('is as long as it may be once it is normal', () => {
    const longest = `https://a.b/${'x'.repeat(LIMITS.url - 'https://a.b/'.length)}`
    expect(stored(`  ${longest}  `)).toBe(longest)
    expect(reason(`${longest}x`)).toBe('is longer than 2,048 characters')
    expect(reason(`https://a.b/${'ü'.repeat(400)}`)).toBe('is longer than 2,048 characters once it is percent-encoded')
  })

  it('is refused quickly if it is long', () => {
    const host = Array.from({ length: 80_000 }, (_, at) => String.fromCodePoint(0x4e00 + (at % 20_000))).join('')
    const before = performance.now()
    expect(reason(`https://${host}/`)).toBe('is longer than 2,048 characters')
    expect(performance.now() - before).toBeLessThan(20_000)
  })

  it('that is stored is stored again as it is, and means what was given', () => {
    const given = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string(),
      fc.string({ unit: 'binary' }).map((text) => `https://${text}`),
    )
    fc.assert(
      fc.property(given, (text) => {
        const { data } = GitUrl.safeParse(text)
        if (data === undefined) return
        expect(stored(data)).toBe(data)
        const { protocol, hostname, username, password } = new URL(data)
        expect(['http:', 'https:']).toContain(protocol)
        expect(hostname).not.toBe('')
        expect(username + password).toBe('')
        expect(data.length).toBeLessThanOrEqual(LIMITS.url)
        expect(data).toMatch(/^[!-~]+$/)
        expect(text.trim().toLowerCase().startsWith(protocol)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the text of an address in the description of the operations', () => {
    expect(z.toJSONSchema(GitUrl, { io: 'input' })).toMatchObject({ type: 'string', format: 'uri' })
  })
})

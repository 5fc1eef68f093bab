import { describe, expect, it } from 'vitest'
import { completedAddress } from './web-address'

describe('[U1] an address that is typed into a form', () => {
  it.each([
    ['github.com/org/repo/pull/42', 'https://github.com/org/repo/pull/42'],
    ['  github.com/org/repo\n', 'https://github.com/org/repo'],
    ['gitlab.example.com:8443/a/b/-/tree/main?x=y:z@w#h', 'https://gitlab.example.com:8443/a/b/-/tree/main?x=y:z@w#h'],
    ['GitHub.com/org', 'https://GitHub.com/org'],
    ['bücher.example/a', 'https://bücher.example/a'],
    ['xn--bcher-kva.example/a', 'https://xn--bcher-kva.example/a'],
    ['日本語.jp/a', 'https://日本語.jp/a'],
    ['my-git.example.co.uk/a', 'https://my-git.example.co.uk/a'],
  ])('gets https:// where only that is missing: %j', (text, completed) => {
    expect(completedAddress(text)).toBe(completed)
  })

  it.each([
    '',
    'https://github.com/org/repo',
    'http://github.com/org/repo',
    '  https://github.com/a ',
    'ftp://github.com/a',
    'javascript:alert(1)//github.com/a',
    'mailto:me@example.org/a',
    '//github.com/a',
    'git@github.com:org/repo.git',
    'me:secret@github.com/org/repo',
    'github.com@evil.example/a',
    'github.com',
    'github.com\\org\\repo',
    'feature/login',
    'v1.2/login',
    'org/repo#42',
    '.github/workflows',
    '../a/b',
    'localhost:3000/a',
    '192.168.1.5/a',
    '2001:db8::1/a',
    'Look at github.com/org/repo',
  ])('stays as it is where it is none, has a scheme, or could be meant otherwise: %j', (text) => {
    expect(completedAddress(text)).toBe(text)
  })

  it('is read quickly if it is long', () => {
    const before = performance.now()
    for (const part of ['a.', 'a-', 'a', '1.', 'é'] as const) completedAddress(part.repeat(200_000))
    expect(performance.now() - before).toBeLessThan(60_000)
  })
})

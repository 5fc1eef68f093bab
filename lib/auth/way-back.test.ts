import { describe, expect, it } from 'vitest'
import { isWayBack, wayBackCookie, wayBackOf } from './way-back'

const cookie = (text: string) => new Headers({ cookie: `theme=dark; cairn.way_back=${text}; other=1` })

describe('the way back after signing in', () => {
  it.each([
    '/',
    '/?group=web&new=project',
    '/p/prj_1',
    '/p/prj_1?view=list&cp=cp_2',
    '/m/ms_1?status=ready,blocked',
    '/apis',
    '/authors/x',
  ])('leads to the page %s', (page) => {
    expect(isWayBack(page)).toBe(true)
    expect(wayBackOf(new Headers({ cookie: wayBackCookie(page, 'http://cairn.test').split(';')[0] ?? '' }))).toBe(page)
  })

  it.each([
    '',
    'p/x',
    'https://evil.test',
    'https:/evil.test',
    'javascript:alert(1)',
    '//evil.test',
    '///evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    '/%2f/evil.test',
    '/%2fevil.test',
    '/%5cevil.test',
    '/.//evil.test',
    '/./evil',
    '/..//evil.test',
    '/p//evil.test',
    '/p/../api/groups',
    '/\t/evil.test',
    '/\n/evil.test',
    '/p/x?a=\r\nset-cookie: a=b',
    '/p/x?a b',
    '/p/x?ä',
    '/p/x#//evil.test',
    '/p/x?\\evil.test',
    '/@evil.test',
    '/api',
    '/api/groups',
    '/API/groups',
    '/api?x',
    '/auth/magic-link/verify?token=x',
    '/mcp',
    '/sign-in',
    '/sign-in?error=INVALID_TOKEN',
    '/_next/static',
    `/p/${'x'.repeat(1_000)}`,
  ])('never leads to %j', (text) => {
    expect(isWayBack(text)).toBe(false)
    expect(wayBackOf(cookie(encodeURIComponent(text)))).toBeNull()
  })

  it('is none where the cookie is broken or missing', () => {
    for (const headers of [new Headers(), cookie('%'), cookie('%ff'), cookie(''), new Headers({ cookie: 'xcairn.way_back=%2Fp%2Fx' })])
      expect(wayBackOf(headers)).toBeNull()
  })

  it('is kept from scripts and from other sites, for an hour, and over https only where the instance has it', () => {
    expect(wayBackCookie('/p/x?a=b', 'http://cairn.test')).toBe(
      'cairn.way_back=%2Fp%2Fx%3Fa%3Db; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax',
    )
    expect(wayBackCookie(null, 'https://cairn.test')).toBe('cairn.way_back=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure')
  })
})

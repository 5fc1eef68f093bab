import { describe, expect, it } from 'vitest'
import { type Draft, followed, sentText } from './draft'

const follow = (draft: Draft<string>, now: string, version = 2) => followed(draft, now, version, Object.is)

describe('a draft', () => {
  const touched = { was: 'old', is: 'mine', version: 1 }

  it('that nobody touched becomes what others made of the value', () => {
    expect(follow({ was: 'old', is: 'old', version: 1 }, 'theirs')).toEqual({ was: 'theirs', is: 'theirs', version: 2 })
  })

  it('that was touched stays, and with it the version that the person has seen, so that the call is refused', () => {
    expect(follow(touched, 'theirs')).toBe(touched)
  })

  it('is right at the new version if others changed something else', () => {
    expect(follow(touched, 'old')).toEqual({ was: 'old', is: 'mine', version: 2 })
  })

  it('is no change any more if others made the same', () => {
    expect(follow(touched, 'mine')).toEqual({ was: 'mine', is: 'mine', version: 2 })
  })

  it('is the same object if nothing has changed, so that a component comes to rest', () => {
    expect(follow(touched, 'old', 1)).toBe(touched)
  })

  it('comes back from a form that the browser posted, with what the form was shown with', () => {
    const sent: Record<string, string> = { title: 'mine', '$was.title': 'old', note: 'n' }
    expect(sentText((name) => sent[name], 'title')).toEqual({ was: 'old', is: 'mine' })
    expect(sentText((name) => sent[name], 'note')).toEqual({ was: 'n', is: 'n' })
    expect(sentText((name) => sent[name], 'description')).toBeNull()
  })
})

import type { Key, NewKey, UsedKey } from '../schemas/key'
import { lines, quote, second, words } from './quote'

const keyLine = ({ key_id, name, hint, scope_type, milestone_id, owner_name, owner_type, expires_at, revoked_at }: Key): string =>
  words(
    key_id,
    quote(name),
    `…${hint}`,
    milestone_id !== null ? `only ${milestone_id}` : scope_type === 'group' ? 'one group' : 'all groups',
    `of ${quote(owner_name)}`,
    owner_type === 'agent_profile' && 'agent',
    expires_at !== null && `expires ${second(expires_at)}`,
    revoked_at !== null && `revoked ${second(revoked_at)}`,
  )

const useOf = ({ last_used_at, last_client, last_call }: UsedKey): string =>
  last_used_at === null
    ? 'never used'
    : words(
        `last used ${second(last_used_at)}`,
        last_client !== null && `by ${quote(last_client)}`,
        last_call !== null && `for ${last_call}`,
      )

export const keysText = ({ keys }: { keys: UsedKey[] }): string =>
  lines(
    keys.length === 0 && 'no keys',
    keys.map((key) => words(keyLine(key), useOf(key))),
  )

export const revokedText = (key: Key): string => keyLine(key)

export const newKeyText = ({ secret, ...key }: NewKey): string =>
  lines(keyLine(key), secret === null ? 'the secret was shown once, in the first answer' : `secret, shown only here: ${secret}`)

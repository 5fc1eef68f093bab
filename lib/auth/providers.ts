import type { Instance } from '@/db/instance'

/** Who, besides Cairn itself, can say of people who they are. */
const NAMES = { github: 'GitHub', google: 'Google' } as const

export type Provider = keyof typeof NAMES

export const isProvider = (text: string): text is Provider => Object.hasOwn(NAMES, text)

export const PROVIDERS = Object.keys(NAMES).filter(isProvider)

/** A provider as a page shows it. */
export type NamedProvider = { id: Provider; name: string }

export const namedProvider = (id: Provider): NamedProvider => ({ id, name: NAMES[id] })

/** The name of the provider that a parameter of an address names, which anybody may have written. */
export const providerName = (id: string | undefined): string => (id !== undefined && isProvider(id) ? NAMES[id] : 'The other side')

/** Those with which this instance is set up. */
export const providersOf = ({ providers }: Pick<Instance, 'providers'>): NamedProvider[] =>
  PROVIDERS.filter((id) => providers[id] !== null).map(namedProvider)

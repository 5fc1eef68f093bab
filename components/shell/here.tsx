'use client'
import { createContext, type ReactNode, useContext, useLayoutEffect, useState } from 'react'

type Here = { group: string | null; setGroup: (slug: string | null) => void }

const Context = createContext<Here>({ group: null, setGroup: () => undefined })

/** Lets a page tell the frame around it, which stays when one goes from page to page, to which group it belongs. */
export function HereProvider({ children }: { children: ReactNode }) {
  const [group, setGroup] = useState<string | null>(null)
  return <Context value={{ group, setGroup }}>{children}</Context>
}

/** The slug of the group that the present page belongs to. */
export const useGroupHere = () => useContext(Context).group

export function MarkGroup({ slug }: { slug: string | null }) {
  const { setGroup } = useContext(Context)
  useLayoutEffect(() => {
    setGroup(slug)
    return () => setGroup(null)
  }, [slug, setGroup])
  return null
}

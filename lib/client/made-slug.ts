import { useEffect, useState } from 'react'
import { needsTransliteration, slugFrom, type Transliterate } from '@/lib/domain/slug'

const asItIs: Transliterate = (character) => character

/** The slug that the server makes from a title; undefined while the tables that it takes for the title are not loaded. */
export function useMadeSlug(title: string, fallback: string): string | undefined {
  const [transliterate, setTransliterate] = useState<Transliterate>()
  const needed = needsTransliteration(title)

  useEffect(() => {
    if (!needed) return
    import('@/lib/domain/transliterate').then(
      (tables) => setTransliterate(() => tables.transliterate),
      // Without the tables, there is no preview of the slug.
      () => {},
    )
  }, [needed])

  return needed && !transliterate ? undefined : slugFrom(title, fallback, transliterate ?? asItIs)
}

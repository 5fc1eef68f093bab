import { QueryClient } from '@tanstack/react-query'

let kept: QueryClient | undefined

/** The answers that the browser keeps while one goes from page to page. On the server, each page has its own. */
export function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return new QueryClient()
  kept ??= new QueryClient()
  return kept
}

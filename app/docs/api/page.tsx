import type { Metadata } from 'next'
import { ApiPage } from '@/components/docs/api-page'
import { getInstance } from '@/db/instance'
import { guideFor } from '@/lib/transport/docs/guide'
import { referenceFor } from '@/lib/transport/docs/reference'

export const metadata: Metadata = {
  title: 'API',
  description: 'All calls of Cairn, with their fields, examples and refusals.',
  alternates: { types: { 'text/markdown': '/docs/api.md' } },
}

export default function ApiDocsPage() {
  const { origin } = getInstance()
  return <ApiPage guide={guideFor(origin)} reference={referenceFor(origin)} />
}

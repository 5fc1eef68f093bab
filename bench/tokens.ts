import { makeScenes } from '@/lib/testing/scenes'
import { countTokens } from '@/lib/testing/tokens'

// `npm run -s tokens [-- --texts]` prints what the usual answers cost in tokens (o200k), and with --texts the answers too. It needs no database.

const isFull = process.argv.includes('--texts')

console.log('| answer | tokens | at most |\n| --- | ---: | ---: |')
for (const { name, text, most } of makeScenes()) {
  console.log(`| ${name} | ${countTokens(text).toLocaleString('en')} | ${most.toLocaleString('en')} |`)
  if (isFull) console.log(`\n${text}\n`)
}

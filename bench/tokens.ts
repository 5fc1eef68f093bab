import { openings } from '@/lib/testing/openings'
import { makeScenes } from '@/lib/testing/scenes'
import { countTokens } from '@/lib/testing/tokens'

// `npm run -s tokens [-- --texts]` prints how many tokens (o200k) an agent pays before its first call and for the usual answers, and with --texts also for what.
// It needs no database.

const isFull = process.argv.includes('--texts')

console.log('| text | tokens | at most |\n| --- | ---: | ---: |')
for (const { name, text, most } of [...openings(), ...makeScenes()]) {
  console.log(`| ${name} | ${countTokens(text).toLocaleString('en')} | ${most.toLocaleString('en')} |`)
  if (isFull) console.log(`\n${text}\n`)
}

/** A check of a tool, prompt or resource that a server has to have for the suite alone. */
const FIXTURE = /\btest_\w+|test:\/\/[\w/-]+|json_schema_2020_12_tool|x-mcp-header/

/** Why a scenario asks for what Cairn does not offer. */
const NOT_OFFERED: ReadonlyMap<string, string> = new Map([
  ['logging-set-level', 'logging is not offered, and is retired in 2026-07-28'],
  ['tools-call-with-logging', 'logging is not offered, and is retired in 2026-07-28'],
  ['server-sse-polling', 'streams are not resumed: each has one answer'],
  ['completion-complete', 'completion is not offered'],
  ['resources-subscribe', 'needs a session; resources are followed in 2026-07-28'],
  ['resources-unsubscribe', 'needs a session; resources are followed in 2026-07-28'],
  ['input-required-result-multi-round', "the suite's own tool that asks for input"],
  ['input-required-result-missing-input-response', "the suite's own tool that asks for input"],
  ['input-required-result-tampered-state', "the suite's own tool that asks for input"],
])

export type Check = { id: string; status: string; errorMessage?: string }

export type Row = { scenario: string; passed: number; failed: Check[]; reasons: string[]; warnings: number }

/** What the checks of a scenario come to. */
export const judge = (scenario: string, checks: readonly Check[]): Row => {
  const of = (...wanted: string[]) => checks.filter(({ status }) => wanted.includes(status))
  const judged = of('FAILURE', 'WARNING').map((check) => ({ check, reason: reasonFor(scenario, check) }))
  return {
    scenario,
    passed: of('SUCCESS').length,
    failed: judged.flatMap(({ check, reason }) => (reason === null && check.status === 'FAILURE' ? [check] : [])),
    reasons: [...new Set(judged.flatMap(({ reason }) => reason ?? []))],
    warnings: judged.filter(({ check, reason }) => reason === null && check.status === 'WARNING').length,
  }
}

/** Why a check does not apply to Cairn, or null if it does. */
const reasonFor = (scenario: string, { errorMessage = '' }: Check): string | null => {
  const [fixture] = FIXTURE.exec(errorMessage) ?? []
  return NOT_OFFERED.get(scenario) ?? (fixture ? `the suite's own ${fixture}` : null)
}

/** Prints the scenarios of a revision. Returns whether all that apply have passed. */
export const print = (revision: string, rows: readonly Row[]): boolean => {
  console.log(`\nMCP ${revision}`)
  for (const { scenario, passed, failed, reasons, warnings } of rows) {
    const marks = [`${passed} passed`.padStart(9), `${failed.length} failed`, ...(warnings > 0 ? [`${warnings} advised`] : [])]
    const applies = reasons.length > 0 ? `not applicable: ${reasons.join(', ')}` : ''
    console.log(`  ${scenario.padEnd(46)}${marks.join(', ').padEnd(22)} ${applies}`.trimEnd())
    for (const { id, errorMessage } of failed) console.log(`    ${id}: ${errorMessage}`)
  }
  const whole = rows.filter(({ reasons, failed }) => reasons.length === 0 && failed.length === 0).length
  const apart = rows.filter(({ reasons }) => reasons.length > 0).length
  const failures = rows.filter(({ failed }) => failed.length > 0).length
  console.log(`  ${rows.length} scenarios: ${whole} passed whole, ${failures} failed, ${apart} not or only in part applicable`)
  return failures === 0 && whole > 0
}

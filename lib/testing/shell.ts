import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export type Ran = { exit: number | null; out: string; err: string }

export type Running = { child: ChildProcessWithoutNullStreams; out: () => string; err: () => string; ended: Promise<Ran> }

export type Variables = Record<string, string>

type Given = { input?: string; variables?: Variables; cwd?: string }

/** The machine of a user: a home of its own, and the command line in it. */
export class Shell {
  readonly home = mkdtempSync(path.join(tmpdir(), 'cairn-shell-'))
  readonly settings = path.join(this.home, '.config', 'cairn')
  readonly script = path.join(this.home, 'cairn')
  private readonly running = new Set<ChildProcessWithoutNullStreams>()

  constructor(readonly variables: Variables = {}) {}

  /** Gets the command line from a server, as the documentation says. */
  async download(origin: string): Promise<this> {
    const response = await fetch(`${origin}/cli`)
    if (!response.ok) throw new Error(`${origin}/cli answers ${response.status}`)
    writeFileSync(this.script, await response.text())
    chmodSync(this.script, 0o755)
    return this
  }

  /** Runs the command line to its end. */
  run(args: readonly string[], given: Given = {}): Promise<Ran> {
    return this.start(args, given).ended
  }

  /** Runs a line of a shell to its end, in which `cairn` is the command line. */
  line(line: string, given: Given = {}): Promise<Ran> {
    return this.launch('/bin/sh', ['-c', line], given).ended
  }

  start(args: readonly string[], given: Given = {}): Running {
    return this.launch(process.execPath, [this.script, ...args], given)
  }

  private launch(command: string, args: readonly string[], { input, variables, cwd = this.home }: Given): Running {
    const PATH = `${this.home}:${path.dirname(process.execPath)}:/usr/bin:/bin`
    const child = spawn(command, args, { cwd, env: { NODE_ENV: 'production', HOME: this.home, PATH, ...this.variables, ...variables } })
    this.running.add(child)
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    if (input !== undefined) child.stdin.end(input)
    child.stdin.on('error', () => undefined)
    const ended = once(child, 'close').then(([exit]): Ran => {
      this.running.delete(child)
      return { exit, out, err }
    })
    return { child, out: () => out, err: () => err, ended }
  }

  async leave(): Promise<void> {
    for (const child of this.running) child.kill('SIGKILL')
    await Promise.all([...this.running].map((child) => once(child, 'close')))
    rmSync(this.home, { recursive: true, force: true })
  }
}

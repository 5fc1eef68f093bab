import Link from 'next/link'

/** The entry of a project's menu that leads to the instructions for agents. The server renders it, so it is no part of what a browser loads. */
export function InstructionsLink({ project_id }: { project_id: string }) {
  return (
    <Link href={`/p/${project_id}/instructions`} className="grid w-full rounded-md px-2.5 py-1.5 text-left hover:bg-sunken">
      <span className="font-medium">Instructions for agents</span>
      <span className="text-xs text-muted">For CLAUDE.md or AGENTS.md</span>
    </Link>
  )
}

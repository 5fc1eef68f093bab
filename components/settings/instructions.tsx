import Link from 'next/link'
import { Written } from '../ui/written'

export type ProjectChoice = { project_id: string; title: string }

/** The way to the text that tells an agent, in its own project, how work is done here. */
export function Instructions({ projects, group }: { projects: readonly ProjectChoice[]; group: string }) {
  return (
    <div className="grid gap-2.5">
      <p className="max-w-[68ch]">
        An agent cannot guess for which project it works. A project’s instructions say so, ready to paste into CLAUDE.md or AGENTS.md in
        your repository.
      </p>
      {projects.length === 0 ? (
        <p className="text-muted">
          This group has no active project yet.{' '}
          <Link href={`/?group=${group}&new=project`} className="font-medium text-accent underline">
            Create one
          </Link>
        </p>
      ) : (
        <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
          {projects.map(({ project_id, title }) => (
            <li key={project_id} className="min-w-0 max-w-full">
              <Link href={`/p/${project_id}/instructions`} prefetch={false} className="font-medium text-accent underline wrap-anywhere">
                Instructions for <Written text={title} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

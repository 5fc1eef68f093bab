import { Check } from 'lucide-react'
import { RIGHTS } from '@/lib/domain/roles'
import { Disclosure } from '../ui/disclosure'

const ROLES = ['owner', 'admin', 'member'] as const

export const ROLE_WORDS = { owner: 'Owner', admin: 'Admin', member: 'Member' } as const

/** What each role may do. */
export function Roles() {
  return (
    <Disclosure summary="What each role may do">
      <div className="overflow-x-auto rounded-lg border border-line bg-panel">
        <table className="w-full text-left">
          <thead>
            <tr className="border-b border-line text-xs text-muted">
              <th scope="col" className="px-3 py-2 font-medium">
                In this group
              </th>
              {ROLES.map((role) => (
                <th key={role} scope="col" className="w-20 px-2 py-2 text-center font-medium">
                  {ROLE_WORDS[role]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {RIGHTS.map(({ does, roles }) => (
              <tr key={does}>
                <th scope="row" className="px-3 py-2 font-normal">
                  {does}
                </th>
                {ROLES.map((role) => (
                  <td key={role} className="px-2 py-2 text-center">
                    {roles.includes(role) ? (
                      <Check size={15} aria-hidden="true" className="mx-auto text-done" />
                    ) : (
                      <span aria-hidden="true" className="text-faint">
                        –
                      </span>
                    )}
                    <span className="sr-only">{roles.includes(role) ? 'yes' : 'no'}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Disclosure>
  )
}

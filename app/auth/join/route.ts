import { getInstance } from '@/db/instance'
import { signUpByForm } from '@/lib/auth/join'
import { readOffer, signUp } from '@/lib/operations/people'

export const POST = (request: Request) => {
  const instance = getInstance()
  return signUpByForm(instance, request, {
    isOpen: async (token) => (await readOffer(instance, token)) !== null,
    signUp: (person) => signUp(instance, person),
  })
}
export const dynamic = 'force-dynamic'

import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import type { BetterAuthPlugin } from 'better-auth/types'
import * as z from 'zod'

/** By what a person has proven to us who they are when a session begins. */
export type BegunBy = 'link' | 'password' | 'invitation'

/** Lets the library begin a session for a person who has proven to us who they are. It has no path, so only our own code can call it. */
export const ownSignIn = () =>
  ({
    id: 'cairn-own-sign-in',
    endpoints: {
      signInAs: createAuthEndpoint.serverOnly(
        { method: 'POST', body: z.object({ principal_id: z.string(), by: z.string() }), requireHeaders: true },
        async (ctx) => {
          const { internalAdapter } = ctx.context
          const user = await internalAdapter.findUserById(ctx.body.principal_id)
          if (!user) throw new APIError('NOT_FOUND')
          const session = await internalAdapter.createSession(user.id, false, { by: ctx.body.by }, true)
          await setSessionCookie(ctx, { session, user })
          return ctx.json({ session_id: session.id })
        },
      ),
    },
  }) satisfies BetterAuthPlugin

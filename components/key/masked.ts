/** What stands for a secret on the screen. The prefix and the last characters tell keys apart. */
export const masked = (secret: string): string => `${secret.slice(0, PREFIX_LENGTH)}${'•'.repeat(8)}${secret.slice(-HINT_LENGTH)}`

const PREFIX_LENGTH = 'sk_live_g_'.length
const HINT_LENGTH = 4

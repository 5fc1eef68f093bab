import { shown } from '@/lib/domain/bidi'
import { Button } from './button'
import { TextField } from './field'

type TypedConfirmationProps = {
  /** What has to be typed. */
  word: string
  /** What the word is, as in "name of the agent". */
  noun: string
  submit: string
  busy: boolean
}

/** For what nobody should do by accident: the browser sends the form only if the word is typed, and says so itself before JavaScript too. */
export function TypedConfirmation({ word, noun, submit, busy }: TypedConfirmationProps) {
  return (
    <>
      <TextField
        label={`Type the ${noun} to confirm: ${shown(word)}`}
        name="$confirmation"
        required
        pattern={literally(word.trim())}
        title={shown(word)}
        spellCheck={false}
      />
      <Button type="submit" look="danger" busy={busy} className="justify-self-start">
        {submit}
      </Button>
    </>
  )
}

/** A pattern that only this text has. Browsers read patterns with the flag v, which refuses an escape that is not needed. */
const literally = (text: string) => `\\s*${text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}\\s*`

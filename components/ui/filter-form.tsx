import { Button } from './button'
import { TextField } from './field'

/** Looks for something in a long list. It is an address, so it works before JavaScript, and Back returns to the whole list. */
export function FilterForm({ name, label, wanted }: { name: string; label: string; wanted: string }) {
  return (
    <search>
      <form method="get" className="flex items-end gap-2">
        <TextField
          key={wanted}
          label={label}
          hideLabel
          type="search"
          name={name}
          defaultValue={wanted}
          placeholder={label}
          className="w-52"
        />
        <Button type="submit">Find</Button>
      </form>
    </search>
  )
}

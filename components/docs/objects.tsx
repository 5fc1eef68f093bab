import type { Reference } from '@/lib/transport/docs/reference'
import { Fields } from './fields'
import { Heading } from './heading'
import { Listing } from './prose'

export function Objects({ objects, names }: { objects: Reference['objects']; names: ReadonlySet<string> }) {
  return (
    <section aria-labelledby="objects">
      <Heading level={2} id="objects" className="pt-10 pb-4 text-lg">
        Objects
      </Heading>
      {objects.map(({ name, fields, example }) => (
        <section
          key={name}
          aria-labelledby={name}
          className="grid gap-x-8 gap-y-4 border-t border-line py-7 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]"
        >
          <div className="grid min-w-0 content-start gap-3">
            <Heading level={3} id={name} className="font-mono text-sm">
              {name}
            </Heading>
            <Fields caption="Fields" fields={fields} objects={names} />
          </div>
          <Listing text={example} />
        </section>
      ))}
    </section>
  )
}

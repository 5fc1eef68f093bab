import { administer } from './administer'

/** Makes every change of the counter fail with an error of this SQLSTATE, as a full disk or a read-only server does. Null ends that. */
export const refuseChanges = async (ownerUrl: string, state: string | null): Promise<void> => {
  await administer(ownerUrl, 'drop trigger if exists refusing on workspaces; drop function if exists refuse_change()')
  if (state === null) return
  await administer(
    ownerUrl,
    `create function refuse_change() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '${state}'; end $$;
     create trigger refusing before update on workspaces for each row execute function refuse_change()`,
  )
}

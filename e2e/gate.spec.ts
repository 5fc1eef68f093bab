import { agent } from './plan'
import { expect, test } from './test'

test('the voting settings of a group are saved as often as they are changed, and a wrong deadline is refused at its field', async ({
  page,
  request,
  key,
}) => {
  const owner = agent(request, key)
  const { group, group_id } = await owner.makeProject('Settings')
  const stored = async () => {
    const { gate_threshold, gate_voters, gate_deadline_hours, no_self_approval, gate_auto_finalize } = await owner.done(
      'get',
      `/groups/${group_id}`,
    )
    return { gate_threshold, gate_voters, gate_deadline_hours, no_self_approval, gate_auto_finalize }
  }
  const save = async (expected: object) => {
    await page.getByRole('button', { name: 'Save voting settings' }).click()
    await expect.poll(stored).toEqual(expected)
    await expect(page.getByRole('status').getByText('The voting settings are saved.', { exact: true })).toHaveCount(1)
  }
  const deadline = page.getByLabel('Deadline, in hours')

  await page.goto(`/g/${group}/settings`)
  await page.getByLabel('A vote passes with').selectOption('two_thirds')
  await page.getByLabel('Who votes').selectOption('people')
  await deadline.fill('48')
  await page.getByLabel('Nobody votes on their own work').uncheck()
  await page.getByLabel('Finalize a vote as soon as it is decided').check()
  const changed = {
    gate_threshold: 'two_thirds',
    gate_voters: 'people',
    gate_deadline_hours: 48,
    no_self_approval: false,
    gate_auto_finalize: true,
  }
  await save(changed)

  await deadline.fill('soon')
  await page.getByRole('button', { name: 'Save voting settings' }).click()
  await expect(deadline).toHaveAccessibleDescription(/^It /)
  await expect(deadline).toBeFocused()
  expect(await stored()).toEqual(changed)

  await deadline.fill('')
  await page.getByLabel('Nobody votes on their own work').check()
  const again = { ...changed, gate_deadline_hours: null, no_self_approval: true }
  await save(again)
  await page.reload()
  await expect(page.getByLabel('A vote passes with')).toHaveValue('two_thirds')
  await expect(page.getByLabel('Nobody votes on their own work')).toBeChecked()

  // What somebody else has changed meanwhile is not taken back by saving what this form shows.
  await owner.done('patch', `/groups/${group_id}`, { gate_threshold: 'unanimous' })
  await page.getByLabel('Finalize a vote as soon as it is decided').uncheck()
  await save({ ...again, gate_threshold: 'unanimous', gate_auto_finalize: false })

  // The other form of the page can be saved twice too.
  for (const name of ['Twice', 'Twice as good']) {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  }
})

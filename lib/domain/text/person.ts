import type { Person } from '../schemas/person'
import { titled } from './checkpoint'
import { quote, words } from './quote'

export const personText = ({ user_id, name, email }: Person): string => words(user_id, titled(name), quote(email))

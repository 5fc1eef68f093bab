'use client'
import dynamic from 'next/dynamic'

// Chunks of their own, so that nobody loads the forms who only looks at the list of projects.
export const NewGroup = dynamic(() => import('../group/group-form').then((module) => module.GroupForm))
export const NewProject = dynamic(() => import('./project-form').then((module) => module.ProjectForm))

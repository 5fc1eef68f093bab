-- What a call needed by the state of its time is remembered as a list, and the ids of all that it made beside those of its scope.
ALTER TABLE "remembered_answers" RENAME COLUMN "scope" TO "ids";--> statement-breakpoint
ALTER TABLE "remembered_answers" ADD COLUMN "needs" jsonb NOT NULL DEFAULT '[]';--> statement-breakpoint
UPDATE "remembered_answers" SET "needs" = '["milestones:relax"]' WHERE "loosened";--> statement-breakpoint
ALTER TABLE "remembered_answers" ALTER COLUMN "needs" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "remembered_answers" DROP COLUMN "loosened";

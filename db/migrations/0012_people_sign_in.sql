ALTER TABLE "auth"."account" DROP CONSTRAINT "account_user_id_user_id_fk";--> statement-breakpoint
ALTER TABLE "auth"."session" DROP CONSTRAINT "session_user_id_user_id_fk";--> statement-breakpoint
DROP TABLE "auth"."user";--> statement-breakpoint
-- The users of the sign-in library are the people in the log, so that there is one truth about them.
CREATE VIEW "auth"."user" AS
  SELECT "principal_id" AS "id", "name", lower("email") AS "email", true AS "email_verified", NULL::text AS "image", "created_at", "created_at" AS "updated_at"
  FROM "principals" WHERE "workspace_id" = 'main' AND "kind" = 'user';--> statement-breakpoint
-- An address is that of one person. One batch of the lane may free an address and give it again, so it is judged at commit, which a unique index cannot be.
ALTER TABLE "principals" ADD CONSTRAINT "principals_email"
  EXCLUDE USING btree ("workspace_id" WITH =, lower("email") WITH =) WHERE ("kind" = 'user') DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "auth"."session" ADD COLUMN "by" text DEFAULT 'link' NOT NULL;--> statement-breakpoint
-- Of a token, only its hash is kept. Nobody is signed out by this.
UPDATE "auth"."session" SET "token" = encode(sha256(convert_to("token", 'UTF8')), 'hex');--> statement-breakpoint
ALTER TABLE "auth"."account" ADD CONSTRAINT "account_provider_key" UNIQUE("provider_id","account_id");--> statement-breakpoint
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cairn_app') THEN RETURN; END IF;
  REVOKE INSERT, UPDATE, DELETE ON "auth"."user" FROM cairn_app;
END $$;

-- A session is opened by the token of a program or by the cookie of a browser, and neither opens the
-- other's: what a cookie opens is guarded against foreign pages.
ALTER TABLE admin_sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';

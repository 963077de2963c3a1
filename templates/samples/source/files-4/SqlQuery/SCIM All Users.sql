-- A sample of scim-setup: stands where the report text of SCIM All Users lies.
SELECT 1 AS [UserId], N'sample' AS [UserName]

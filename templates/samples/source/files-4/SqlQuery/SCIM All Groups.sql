-- A sample of scim-setup: stands where the report text of SCIM All Groups lies.
SELECT 1 AS [GroupId], N'sample' AS [GroupName]

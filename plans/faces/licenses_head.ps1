#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Authentication'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Users'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Groups'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Identity.DirectoryManagement'; ModuleVersion = '2.0.0' }
<#
.SYNOPSIS
    Carries out the licence changes of one seatshift plan, in one tenant, with Microsoft Graph PowerShell.

.DESCRIPTION
    Sign in to the customer's tenant first:

        Connect-MgGraph -TenantId TENANT -Scopes LicenseAssignment.ReadWrite.All, User.ReadWrite.All, Group.Read.All, Organization.Read.All

    The script refuses any other tenant before it asks for anything. It reads each user before it
    writes: who already has the result is left alone, so that running it twice changes nothing; who is
    neither as the plan expects nor as it should become is left alone too, and reported. Adding and
    removing are one call, whose body the script writes itself; afterwards the person is read back, of a group
    every member, and the first who lacks the new licence stops everything. If a canary fails, the others are not touched. Steps by hand are not part
    of it. Afterwards 'seatshift apply' verifies the result and goes on with what is left.

    The script holds no secret. Its manifest, one line per action, stands below.

.PARAMETER LogPath
    The log: one line of JSON per action. It is appended to. Nothing is logged with -WhatIf.

.EXAMPLE
    .\licenses.ps1 -WhatIf

.EXAMPLE
    .\licenses.ps1 -LogPath .\licenses.jsonl
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [string]$LogPath = ''
)


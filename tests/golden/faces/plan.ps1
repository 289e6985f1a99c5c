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

$Plan = @{
    Format       = 'seatshift-licenses/1'
    Id           = '77361a318577'
    Digest       = 'sha256:77361a318577034b5f9b4186ad1a3b94a026cc1aee69a2f8a690f1e4091a6bf2'
    Customer     = 'contoso'
    TenantId     = '8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f'
    TenantDomain = 'contoso.onmicrosoft.com'
    TenantName   = 'Contoso Ltd'
    Seats        = @(
        @{ SkuId = '6fd2c87f-b296-42f0-b197-1e91e994b900'; Name = 'ENTERPRISEPACK'; Count = 5 }
    )
}
$Manifest = @'
{"add":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"canary":true,"expect":[{"disable":[],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0002","kind":"swap-license","location":null,"name":"user00001@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"subject":"00000001-0000-4000-8000-000000000000","user":"00000001-0000-4000-8000-000000000000"}
{"add":[{"disable":["7547a3fe-08ee-4ccb-b430-5077c5041653"],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"canary":true,"expect":[{"disable":["7547a3fe-08ee-4ccb-b430-5077c5041653"],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0003","kind":"swap-license","location":null,"name":"user00002@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[{"disable":["7547a3fe-08ee-4ccb-b430-5077c5041653"],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"subject":"00000002-0000-4000-8000-000000000000","user":"00000002-0000-4000-8000-000000000000"}
{"add":[],"canary":false,"expect":[],"group":null,"id":"a0004","kind":"set-usage-location","location":"US","name":"user00004@contoso.com","remove":[],"result":[],"subject":"00000004-0000-4000-8000-000000000000","user":"00000004-0000-4000-8000-000000000000"}
{"add":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"canary":false,"expect":[{"disable":[],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0005","kind":"swap-license","location":null,"name":"user00003@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"subject":"00000003-0000-4000-8000-000000000000","user":"00000003-0000-4000-8000-000000000000"}
{"add":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"canary":false,"expect":[{"disable":[],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0006","kind":"swap-license","location":null,"name":"user00004@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"subject":"00000004-0000-4000-8000-000000000000","user":"00000004-0000-4000-8000-000000000000"}
{"add":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"canary":false,"expect":[{"disable":[],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0007","kind":"swap-license","location":null,"name":"user00005@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[{"disable":[],"sku":"6fd2c87f-b296-42f0-b197-1e91e994b900"}],"subject":"00000005-0000-4000-8000-000000000000","user":"00000005-0000-4000-8000-000000000000"}
{"add":[],"canary":false,"expect":[{"disable":[],"sku":"18181a46-0d4e-45cd-891e-60aabd171b4e"}],"group":null,"id":"a0008","kind":"remove-license","location":null,"name":"user00006@contoso.com","remove":["18181a46-0d4e-45cd-891e-60aabd171b4e"],"result":[],"subject":"00000006-0000-4000-8000-000000000000","user":"00000006-0000-4000-8000-000000000000"}
'@

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

if (-not $LogPath) {
    $LogPath = 'seatshift-' + $Plan.Id + '.jsonl'
}
$LogFile = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($LogPath)

# Disabled service plans as one text, in one order, so that two lists can be compared.
function ConvertTo-PlanKey {
    param($Plans)
    $ids = @($Plans | Where-Object { $_ } | ForEach-Object { ([string]$_).ToLowerInvariant() } | Sort-Object -Unique)
    return ($ids -join ',')
}

# Licences assigned directly: SKU id to its disabled service plans.
function Get-DirectLicense {
    param($User)
    $held = @{}
    $states = @($User.LicenseAssignmentStates | Where-Object { $_ })
    if ($states.Count -gt 0) {
        foreach ($state in $states) {
            if ([string]::IsNullOrEmpty([string]$state.AssignedByGroup)) {
                $held[([string]$state.SkuId).ToLowerInvariant()] = ConvertTo-PlanKey $state.DisabledPlans
            }
        }
        return $held
    }
    return (Get-ListedLicense $User.AssignedLicenses)
}

function Get-ListedLicense {
    param($Licenses)
    $held = @{}
    foreach ($license in @($Licenses | Where-Object { $_ })) {
        $held[([string]$license.SkuId).ToLowerInvariant()] = ConvertTo-PlanKey $license.DisabledPlans
    }
    return $held
}

# Whether exactly the wanted licences, of those that the action speaks of, are held.
function Test-License {
    param([hashtable]$Held, $Wanted, $Scope)
    $names = @{}
    foreach ($license in @($Wanted | Where-Object { $_ })) {
        $names[$license.sku] = $true
        if (-not $Held.ContainsKey($license.sku)) {
            return $false
        }
        if ($Held[$license.sku] -ne (ConvertTo-PlanKey $license.disable)) {
            return $false
        }
    }
    foreach ($sku in @($Scope)) {
        if ($Held.ContainsKey($sku) -and -not $names.ContainsKey($sku)) {
            return $false
        }
    }
    return $true
}

function Get-ActionScope {
    param($Action)
    $scope = @($Action.add | Where-Object { $_ } | ForEach-Object { $_.sku })
    $scope += @($Action.remove | Where-Object { $_ })
    return $scope
}

# The body as we wrote it, posted as it is: cmdlets made from the API have been known to drop members of a body,
# and a swap without its first half is a removal.
function Get-LicenseJson {
    param($Action)
    $add = @()
    foreach ($license in @($Action.add | Where-Object { $_ })) {
        $add += @{ skuId = [string]$license.sku; disabledPlans = @($license.disable | Where-Object { $_ }) }
    }
    $body = @{ addLicenses = $add; removeLicenses = @($Action.remove | Where-Object { $_ }) }
    $json = ConvertTo-Json -InputObject $body -Depth 6 -Compress
    foreach ($license in $add) {
        if ($json.IndexOf($license.skuId, [StringComparison]::Ordinal) -lt 0) {
            throw 'the body lacks a licence to be given; nothing was sent'
        }
    }
    return $json
}

# What the subject holds now, of licences that are assigned directly.
function Get-HeldLicense {
    param($Action)
    if ($Action.group) {
        return (Get-ListedLicense (Get-MgGroup -GroupId $Action.group -Property 'id,assignedLicenses').AssignedLicenses)
    }
    return (Get-DirectLicense (Get-MgUser -UserId $Action.user -Property 'id,usageLocation,assignedLicenses,licenseAssignmentStates'))
}

# Who still lacks a new licence, by name; '' when nobody does. A group's own list changes at once, its people's
# licences one after the other: each member has to hold it through the group, active and without an error.
function Get-LackingName {
    param($Action)
    if (-not $Action.group) {
        $held = Get-HeldLicense $Action
        foreach ($license in @($Action.add | Where-Object { $_ })) {
            if (-not $held.ContainsKey($license.sku)) {
                return [string]$Action.name
            }
        }
        return ''
    }
    $uri = '/v1.0/groups/' + $Action.group + '/members/microsoft.graph.user?$select=id,userPrincipalName,licenseAssignmentStates&$top=999'
    while ($uri) {
        $page = Invoke-MgGraphRequest -Method GET -Uri $uri -OutputType PSObject
        foreach ($member in @($page.value | Where-Object { $_ })) {
            if (-not (Test-Member -Member $member -Action $Action)) {
                return [string]$member.userPrincipalName
            }
        }
        $uri = ''
        # Of the link to the next page only what follows the host: the token goes nowhere else.
        if (@($page.PSObject.Properties | ForEach-Object { $_.Name }) -contains '@odata.nextLink') {
            $uri = ([Uri][string]$page.'@odata.nextLink').PathAndQuery
        }
    }
    return ''
}

function Test-Member {
    param($Member, $Action)
    foreach ($license in @($Action.add | Where-Object { $_ })) {
        $good = @($Member.licenseAssignmentStates | Where-Object {
                $_ -and [string]$_.skuId -eq $license.sku -and [string]$_.assignedByGroup -eq $Action.group -and
                [string]$_.state -eq 'Active' })
        if ($good.Count -eq 0) {
            return $false
        }
    }
    return $true
}

# Reads back until every new licence is there: replicas may lag, and a group takes its time. Who still lacks one
# then, by name, stops everything.
function Wait-NewLicense {
    param($Action)
    $tries = 12
    if ($Action.group) {
        $tries = 120
    }
    for ($try = 1; $try -le $tries; $try++) {
        $lacking = Get-LackingName $Action
        if (-not $lacking) {
            return ''
        }
        Start-Sleep -Seconds 5
    }
    return $lacking
}

# Each of these gives an outcome and a detail: already, sent (and read back), skipped (-WhatIf, or not confirmed),
# stale, or lacking.
function Set-ActionLocation {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param($Action)
    $user = Get-MgUser -UserId $Action.user -Property 'id,usageLocation'
    if ($user.UsageLocation -eq $Action.location) {
        return @('already', '')
    }
    if (-not [string]::IsNullOrEmpty($user.UsageLocation)) {
        return @('stale', 'the usage location is ' + $user.UsageLocation)
    }
    if (-not $PSCmdlet.ShouldProcess($Action.user + ' (' + $Action.name + ')', 'set usage location ' + $Action.location)) {
        return @('skipped', '')
    }
    $json = ConvertTo-Json -InputObject @{ usageLocation = [string]$Action.location } -Compress
    $null = Invoke-MgGraphRequest -Method PATCH -Uri ('/v1.0/users/' + $Action.user) -Body $json -ContentType 'application/json'
    return @('sent', '')
}

function Set-ActionLicense {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param($Action)
    $scope = @(Get-ActionScope $Action)
    $held = Get-HeldLicense $Action
    if (Test-License -Held $held -Wanted $Action.result -Scope $scope) {
        if ($Action.group -and -not $WhatIfPreference) {
            $lacking = Wait-NewLicense $Action
            if ($lacking) {
                return @('lacking', $lacking + ' lacks a new licence; nothing more is done')
            }
        }
        return @('already', '')
    }
    if (-not (Test-License -Held $held -Wanted $Action.expect -Scope $scope)) {
        return @('stale', 'other licences than the plan expects')
    }
    if (-not $PSCmdlet.ShouldProcess($Action.subject + ' (' + $Action.name + ')', $Action.kind)) {
        return @('skipped', '')
    }
    $subject = '/v1.0/users/' + $Action.user
    if ($Action.group) {
        $subject = '/v1.0/groups/' + $Action.group
    }
    $json = Get-LicenseJson $Action
    $null = Invoke-MgGraphRequest -Method POST -Uri ($subject + '/assignLicense') -Body $json -ContentType 'application/json'
    $lacking = Wait-NewLicense $Action
    if ($lacking) {
        return @('lacking', $lacking + ' still lacks a new licence; nothing more is done')
    }
    return @('sent', '')
}

function Write-ActionLog {
    param($Action, [string]$Outcome, [string]$Detail)
    if ($WhatIfPreference) {
        return
    }
    $entry = [ordered]@{
        at      = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
        plan    = $Plan.Id
        tenant  = $Plan.TenantId
        action  = $Action.id
        kind    = $Action.kind
        subject = $Action.subject
        name    = $Action.name
        outcome = $Outcome
        detail  = $Detail
    }
    [IO.File]::AppendAllText($LogFile, (ConvertTo-Json -InputObject $entry -Compress) + [Environment]::NewLine)
}

# The right tenant, before anything is asked of it.
$context = Get-MgContext
if ($null -eq $context) {
    throw ('Not signed in. Run: Connect-MgGraph -TenantId ' + $Plan.TenantId)
}
if ([string]$context.TenantId -ne $Plan.TenantId) {
    throw ('Wrong tenant: signed in to ' + $context.TenantId + ', the plan is for ' + $Plan.TenantId + '. Nothing was done.')
}
$organizations = @(Get-MgOrganization -Property 'id,verifiedDomains')
if ($organizations.Count -ne 1 -or [string]$organizations[0].Id -ne $Plan.TenantId) {
    throw ('Wrong tenant: the organisation is not ' + $Plan.TenantId + '. Nothing was done.')
}
$domains = @($organizations[0].VerifiedDomains | ForEach-Object { $_.Name })
if ($domains -notcontains $Plan.TenantDomain) {
    throw ('Wrong tenant: ' + $Plan.TenantDomain + ' is not a verified domain of it. Nothing was done.')
}

# The seats: without them every call would be refused.
$skus = @(Get-MgSubscribedSku -All)
foreach ($need in @($Plan.Seats)) {
    $sku = @($skus | Where-Object { [string]$_.SkuId -eq $need.SkuId })
    if ($sku.Count -eq 0) {
        throw ('The tenant has no seats of ' + $need.Name + '. Have they arrived?')
    }
    $free = $sku[0].PrepaidUnits.Enabled - $sku[0].ConsumedUnits
    if ($free -lt $need.Count) {
        Write-Warning ('' + $free + ' free seats of ' + $need.Name + ', up to ' + $need.Count + ' are needed.')
    }
}

$counts = @{ already = 0; sent = 0; skipped = 0; stale = 0; failed = 0; lacking = 0; blocked = 0 }
$stopped = $false
$notDone = @{}
$canaryFailed = $false
foreach ($line in ($Manifest -split '\r?\n')) {
    if (-not $line) {
        continue
    }
    $action = ConvertFrom-Json -InputObject $line
    $outcome = 'blocked'
    $detail = 'something it comes after did not end well'
    if ($stopped) {
        $detail = 'stopped before it'
    }
    elseif (-not $notDone.ContainsKey($action.subject) -and ($action.canary -or -not $canaryFailed)) {
        try {
            if ($action.kind -eq 'set-usage-location') {
                $outcome, $detail = Set-ActionLocation -Action $action
            }
            else {
                $outcome, $detail = Set-ActionLicense -Action $action
            }
        }
        catch {
            $outcome = 'failed'
            $detail = $_.Exception.Message
        }
    }
    if ($outcome -eq 'lacking') {
        $stopped = $true
    }
    if ($outcome -eq 'failed' -or $outcome -eq 'stale' -or $outcome -eq 'lacking' -or $outcome -eq 'blocked') {
        $notDone[$action.subject] = $true
        if ($action.canary) {
            $canaryFailed = $true
        }
        Write-Warning ($action.id + ' ' + $action.subject + ' (' + $action.name + '): ' + $outcome + '. ' + $detail)
    }
    $counts[$outcome] += 1
    Write-ActionLog -Action $action -Outcome $outcome -Detail $detail
}

foreach ($name in 'already', 'sent', 'skipped', 'stale', 'failed', 'lacking', 'blocked') {
    Write-Output ($name + ': ' + $counts[$name])
}
if ($counts.failed + $counts.stale + $counts.lacking + $counts.blocked -gt 0) {
    exit 1
}

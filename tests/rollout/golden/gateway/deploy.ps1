<#
.SYNOPSIS
Deploys the Claude add-in to Microsoft 365: install, update, assign, stop, way back, remove.

.DESCRIPTION
Made from the outputs of one environment; read it before you run it. It holds no secret, but the manifests
beside it may: keep the folder where only administrators read it.

Excel, PowerPoint, Word and, unless -Service Exchange is given, Outlook go through Centralized Deployment:
    Install-Module O365CentralizedAddInDeployment -RequiredVersion 3.0.2
With -Service Exchange, Outlook goes through Exchange Online:
    Install-Module ExchangeOnlineManagement
Both ask you to sign in. A role that is active only through PIM may be refused.

.PARAMETER Action
Check shows what is deployed and changes nothing. Install needs -Members or -Everyone. Update takes the manifest
beside this script, whose Version must be higher. Assign and Unassign change who gets it. Stop and Resume switch
it off and on for all. Rollback deploys -PreviousManifest again under a higher Version. Remove takes it away.

.PARAMETER AddIn
office (Excel, PowerPoint, Word) or outlook.

.PARAMETER Group
The group of people whose manifest is meant; nothing for everybody's.

.PARAMETER Members
Addresses of people or groups. Nested groups do not count. Exchange takes people only, at most 1000.

.EXAMPLE
./deploy.ps1 -Action Install -Members 'pilot@example.com' -WhatIf

.EXAMPLE
./deploy.ps1 -Action Update

.EXAMPLE
./deploy.ps1 -Action Rollback -PreviousManifest ./older/manifest.xml
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet('Check', 'Install', 'Update', 'Assign', 'Unassign', 'Stop', 'Resume', 'Rollback', 'Remove')]
    [string] $Action,

    [ValidateSet('office', 'outlook')]
    [string] $AddIn = 'office',

    [string] $Group = '',

    [string[]] $Members = @(),

    [switch] $Everyone,

    [string] $PreviousManifest = '',

    [ValidateSet('Central', 'Exchange')]
    [string] $Service = 'Central',

    [string] $Locale = 'en-US'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$environmentName = 'gateway'
$manifests = @(
    [pscustomobject]@{
        AddIn   = 'office'
        Group   = ''
        File    = 'manifest.xml'
        Id      = '12345678-1234-1234-1234-1234567890ab'
        Version = '1.0.0.0'
    }
    [pscustomobject]@{
        AddIn   = 'outlook'
        Group   = ''
        File    = 'manifest-outlook.xml'
        Id      = '87654321-4321-4321-4321-ba0987654321'
        Version = '1.0.0.0'
    }
    [pscustomobject]@{
        AddIn   = 'office'
        Group   = 'finance'
        File    = 'manifest-finance.xml'
        Id      = '3c66a1dc-13a8-5757-bae2-17cd1b94b309'
        Version = '1.0.0.0'
    }
    [pscustomobject]@{
        AddIn   = 'outlook'
        Group   = 'finance'
        File    = 'manifest-outlook-finance.xml'
        Id      = '2782cf66-93c3-5b77-ac4d-f870452bf918'
        Version = '1.0.0.0'
    }
)

function Read-Manifest {
    param([string] $Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        throw "There is no file $Path."
    }
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    $document.Load((Resolve-Path -LiteralPath $Path).ProviderPath)
    $id = $document.SelectSingleNode("/*/*[local-name()='Id']")
    $version = $document.SelectSingleNode("/*/*[local-name()='Version']")
    if (($null -eq $id) -or ($null -eq $version)) {
        throw "$Path is no add-in manifest: it has no Id or no Version."
    }
    [pscustomobject]@{ Document = $document; Id = $id; Version = $version }
}

function Get-HigherVersion {
    param([string] $Version)
    $parts = [int[]] $Version.Split('.')
    if ($parts[3] -ge 99999) {
        throw "The fourth part of Version $Version cannot rise. Build with --manifest-version instead."
    }
    $parts[3] = $parts[3] + 1
    $parts -join '.'
}

function Assert-Audience {
    if ($Everyone -and ($Members.Count -gt 0)) {
        throw 'Give -Members or -Everyone, not both.'
    }
    if ((-not $Everyone) -and ($Members.Count -eq 0)) {
        throw "-Action $Action needs -Members (addresses of people or groups) or -Everyone."
    }
    if (($Service -eq 'Exchange') -and ($Members.Count -gt 1000)) {
        throw 'Exchange takes at most 1000 people. Use Centralized Deployment with a group.'
    }
}

function Connect-Service {
    if ($Service -eq 'Exchange') {
        Import-Module -Name ExchangeOnlineManagement
        Connect-ExchangeOnline -ShowBanner:$false
    }
    else {
        Import-Module -Name O365CentralizedAddInDeployment
        Connect-OrganizationAddInService
    }
}

function Get-Deployed {
    # All of them, filtered here: asking for an Id that is not deployed ends with an error like any other.
    if ($Service -eq 'Exchange') {
        Get-App -OrganizationApp | Where-Object { "$($_.AppId)" -eq $target.Id }
    }
    else {
        Get-OrganizationAddIn | Where-Object { "$($_.ProductId)" -eq $target.Id }
    }
}

function Install-Manifest {
    param([string] $Path)
    if ($Service -eq 'Exchange') {
        $settings = @{
            OrganizationApp     = $true
            FileData            = [System.IO.File]::ReadAllBytes($Path)
            DefaultStateForUser = 'Enabled'
        }
        if ($Everyone) {
            $settings.ProvidedTo = 'Everyone'
        }
        else {
            $settings.ProvidedTo = 'SpecificUsers'
            $settings.UserList = $Members
        }
        if ($manifest.Document.SelectSingleNode("/*/*[local-name()='Permissions']").InnerText -eq 'ReadWriteMailbox') {
            $settings.AllowReadWriteMailbox = $true
        }
        New-App @settings | Out-Null
    }
    elseif ($Everyone) {
        New-OrganizationAddIn -ManifestPath $Path -Locale $Locale | Out-Null
        Set-OrganizationAddInAssignments -ProductId $target.Id -AssignToEveryone $true
    }
    else {
        New-OrganizationAddIn -ManifestPath $Path -Locale $Locale -Members $Members | Out-Null
    }
}

function Update-Manifest {
    param([string] $Path, [string] $Version)
    $known = $deployed.PSObject.Properties['Version']
    $before = $null
    if (($null -ne $known) -and [version]::TryParse("$($known.Value)", [ref] $before) -and ([version] $Version -le $before)) {
        throw "Version $before is deployed already. Only a higher one than that reaches people, and this is $Version."
    }
    if ($Service -eq 'Exchange') {
        # Exchange has no update: the new one takes the old one's place, for the people given here.
        Assert-Audience
        Remove-App -OrganizationApp -Identity $target.Id -Confirm:$false
        Install-Manifest -Path $Path
    }
    else {
        Set-OrganizationAddIn -ProductId $target.Id -ManifestPath $Path -Locale $Locale
    }
}

function Set-Audience {
    param([bool] $Give)
    if ($Service -eq 'Exchange') {
        if ($Everyone) {
            throw 'Exchange: install again with -Everyone, or Stop.'
        }
        $change = if ($Give) { @{ Add = $Members } } else { @{ Remove = $Members } }
        Set-App -OrganizationApp -Identity $target.Id -ProvidedTo SpecificUsers -UserList $change
    }
    elseif ($Everyone) {
        Set-OrganizationAddInAssignments -ProductId $target.Id -AssignToEveryone $Give
    }
    elseif ($Give) {
        Set-OrganizationAddInAssignments -ProductId $target.Id -Add -Members $Members
    }
    else {
        Set-OrganizationAddInAssignments -ProductId $target.Id -Remove -Members $Members
    }
}

function Set-Enabled {
    param([bool] $On)
    if ($Service -eq 'Exchange') {
        Set-App -OrganizationApp -Identity $target.Id -Enabled $On
    }
    else {
        Set-OrganizationAddIn -ProductId $target.Id -Enabled $On
    }
}

if (($Service -eq 'Exchange') -and ($AddIn -ne 'outlook')) {
    throw 'Exchange deploys Outlook add-ins only: add -AddIn outlook, or leave -Service out.'
}
$target = $manifests | Where-Object { ($_.AddIn -eq $AddIn) -and ($_.Group -eq $Group) }
if ($null -eq $target) {
    throw "There is no manifest of $AddIn for the group '$Group' in environment $environmentName."
}
$path = Join-Path -Path $PSScriptRoot -ChildPath $target.File
$manifest = Read-Manifest -Path $path
if (($manifest.Id.InnerText -ne $target.Id) -or ($manifest.Version.InnerText -ne $target.Version)) {
    throw "$($target.File) is not the file of this build (Id $($target.Id), Version $($target.Version)). Build again."
}
if ($Action -in 'Install', 'Assign', 'Unassign') {
    Assert-Audience
}
if (($Action -eq 'Rollback') -and ($PreviousManifest -eq '')) {
    throw '-Action Rollback needs -PreviousManifest, the file that was deployed before.'
}

Connect-Service
$deployed = Get-Deployed
if (($Action -eq 'Install') -and ($null -ne $deployed)) {
    throw "$($target.Id) is deployed already: use -Action Update, Assign or Unassign."
}
if (($Action -notin 'Check', 'Install') -and ($null -eq $deployed)) {
    throw "$($target.Id) is not deployed yet: use -Action Install."
}

$what = "$($target.File) (Id $($target.Id), Version $($target.Version)) of environment $environmentName"
switch ($Action) {
    'Check' {
        Write-Output "Here: $what"
        if ($null -eq $deployed) {
            Write-Output 'Not deployed.'
        }
        else {
            $deployed | Format-List | Out-String | Write-Output
        }
    }
    'Install' {
        if ($PSCmdlet.ShouldProcess($what, 'Install')) {
            Install-Manifest -Path $path
            Write-Output 'Installed. It reaches people within 24 hours.'
        }
    }
    'Update' {
        if ($PSCmdlet.ShouldProcess($what, 'Update')) {
            Update-Manifest -Path $path -Version $target.Version
            Write-Output 'Updated. It reaches people within 72 hours.'
        }
    }
    'Assign' {
        if ($PSCmdlet.ShouldProcess($what, 'Assign')) {
            Set-Audience -Give $true
        }
    }
    'Unassign' {
        if ($PSCmdlet.ShouldProcess($what, 'Take the assignment away')) {
            Set-Audience -Give $false
        }
    }
    'Stop' {
        if ($PSCmdlet.ShouldProcess($what, 'Switch off for everybody')) {
            Set-Enabled -On $false
        }
    }
    'Resume' {
        if ($PSCmdlet.ShouldProcess($what, 'Switch on')) {
            Set-Enabled -On $true
        }
    }
    'Rollback' {
        $older = Read-Manifest -Path $PreviousManifest
        if ($older.Id.InnerText -ne $target.Id) {
            throw "$PreviousManifest has another Id, so it is not an older file of this add-in."
        }
        $next = Get-HigherVersion -Version $target.Version
        if ($PSCmdlet.ShouldProcess("$PreviousManifest as Version $next", 'Deploy again')) {
            $older.Version.InnerText = $next
            $copy = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "$([guid]::NewGuid()).xml"
            try {
                $older.Document.Save($copy)
                Update-Manifest -Path $copy -Version $next
            }
            finally {
                Remove-Item -LiteralPath $copy -Force -ErrorAction SilentlyContinue
            }
            Write-Output "The tenant has Version $next now. Build the next one with: --manifest-version $(Get-HigherVersion -Version $next)"
        }
    }
    'Remove' {
        if ($PSCmdlet.ShouldProcess($what, 'Remove')) {
            if ($Service -eq 'Exchange') {
                Remove-App -OrganizationApp -Identity $target.Id -Confirm:$false
            }
            else {
                Remove-OrganizationAddIn -ProductId $target.Id
            }
        }
    }
}

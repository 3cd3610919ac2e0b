import './banner.css'
import type { AllergyStatus, Banner as BannerFacts } from '@chartkeep/model/office'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { documentAddress } from '../../api/documents.ts'
import { bannerOf } from '../../api/queries.ts'
import { substanceWords } from '../../fhir/allergy.ts'
import { noteOpen } from '../../frame/open-patients.ts'
import { paths } from '../../paths.ts'
import { Born } from '../../patients/patient-line.tsx'
import { Icon } from '../../ui/icon.tsx'
import { FailurePanel } from '../../ui/states.tsx'
import { counted, sexWord, uncapitalized } from '../../words/name.ts'

/** Whose chart this is. It stays while everything else changes, and stands on every printed page. */
export function Banner({ patient }: { patient: string }) {
  const { data: banner, error, isPending, refetch } = useQuery(bannerOf(patient))
  const name = banner?.name
  useEffect(() => {
    if (name !== undefined) noteOpen({ id: patient, name })
  }, [patient, name])
  if (isPending) return <section className="banner" aria-label="Patient" aria-busy="true" />
  if (banner === undefined) {
    return (
      <section className="banner" aria-label="Patient">
        <FailurePanel error={error} what="This patient" retry={() => void refetch()} />
      </section>
    )
  }
  return (
    <section className="banner" aria-label="Patient" data-deceased={banner.deceased || undefined}>
      <Face patient={patient} banner={banner} />
      <div className="banner-who">
        <h1 className="banner-name">
          {banner.name}
          {banner.preferredName !== undefined && <span className="banner-preferred"> “{banner.preferredName}”</span>}
          {banner.deceased && <span className="banner-deceased">Deceased</span>}
        </h1>
        <ul className="banner-facts">
          <li>{sexWord(banner.sex)}</li>
          <li>
            <Born patient={banner} />
          </li>
          <li className="strong">{banner.mrn === undefined ? 'No MRN' : `MRN ${banner.mrn}`}</li>
          {banner.phone !== undefined && <li>{banner.phone}</li>}
          {banner.primaryCare !== undefined && <li>PCP {banner.primaryCare}</li>}
          <Duplicates banner={banner} />
        </ul>
      </div>
      <Allergies patient={patient} status={banner.allergies} />
      {banner.viewers !== undefined && (
        <Link
          to={paths.history}
          params={{ patient }}
          search={true}
          className="banner-eye"
          aria-label={`${counted(banner.viewers, 'other person', 'other people')} opened this chart in the last 30 days. Access history`}
          title="Other people who opened this chart in the last 30 days"
        >
          <Icon name="eye" /> {banner.viewers}
        </Link>
      )}
    </section>
  )
}

function Face({ patient, banner }: { patient: string; banner: BannerFacts }) {
  if (banner.photo !== undefined)
    return <img className="banner-face" src={documentAddress(patient, banner.photo)} alt="" width={40} height={40} />
  return (
    <span className="banner-face" aria-hidden="true">
      {banner.initials}
    </span>
  )
}

function Duplicates({ banner }: { banner: BannerFacts }) {
  const [first] = banner.duplicates
  if (first === undefined) return null
  return (
    <li className="banner-duplicate">
      <Icon name="warning" size={14} />{' '}
      <Link to={paths.chart} params={{ patient: first }}>
        {banner.duplicates.length === 1 ? 'Possible duplicate' : `${banner.duplicates.length} possible duplicates`}
      </Link>
    </li>
  )
}

const mostNamed = 6

/** "Not asked", "none known" and the list are three different things, and none of them is ever an empty space. */
function Allergies({ patient, status }: { patient: string; status: AllergyStatus }) {
  return (
    <div className="banner-allergies" data-status={status.status} role="group" aria-label="Allergies">
      <span className="banner-label">Allergies</span>
      {status.status === 'not-asked' && (
        <Link to={paths.allergies} params={{ patient }} className="banner-unasked">
          <Icon name="warning" size={14} /> <span>Not asked</span>
        </Link>
      )}
      {status.status === 'none-known' && <span>None known</span>}
      {status.status === 'not-shown' && (
        <span className="meta" title={status.reason.text}>
          Not shown. {status.reason.remedy}
        </span>
      )}
      {status.status === 'known' && <KnownAllergies patient={patient} allergies={status.allergies} />}
    </div>
  )
}

type Known = Extract<AllergyStatus, { status: 'known' }>['allergies']

function KnownAllergies({ patient, allergies }: { patient: string; allergies: Known }) {
  const first = [...allergies.filter((allergy) => allergy.severe), ...allergies.filter((allergy) => !allergy.severe)]
  const severe = first.filter((allergy) => allergy.severe).length
  const named = first.slice(0, Math.max(mostNamed, severe))
  const rest = first.length - named.length
  return (
    <span className="banner-known">
      <Icon name="warning" size={14} />
      {named.map((allergy, place) => (
        <span key={`${place} ${allergy.text}`}>
          <span className={allergy.severe ? 'strong' : undefined}>{substanceWords(allergy.text)}</span>
          {allergy.reaction !== undefined && ` (${uncapitalized(allergy.reaction)})`}
          {place < named.length - 1 || rest > 0 ? ', ' : ''}
        </span>
      ))}
      {rest > 0 && (
        <Link to={paths.allergies} params={{ patient }}>
          and {rest} more
        </Link>
      )}
    </span>
  )
}
